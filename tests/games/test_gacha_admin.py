"""Operators schedule banners, leave a trace, and cannot touch what players hold."""

from datetime import timedelta

import pytest
from django.apps import apps

from casino_club.core import clock
from games.gacha.demo import demo_banners
from games.gacha.models import Banner
from games.gacha.rules import Currency
from games.gacha.services import pull
from tests import factories

pytestmark = pytest.mark.django_db


def _form(**changes):
    now = clock.now()
    form = {
        "audit_reason": "A test", "title_ko": "가을 함", "title_en": "Autumn box", "art": "maple", "sort_order": 5,
        "odds_version": "gacha-standard-2026-11-23",
        "gold_for_1": 100, "gold_for_10": 900, "gems_for_1": "", "gems_for_10": "",
        "starts_at_0": now.date().isoformat(), "starts_at_1": "00:00:00",
        "ends_at_0": (now + timedelta(days=9)).date().isoformat(), "ends_at_1": "00:00:00", "is_active": "on",
    }  # fmt: skip
    return form | changes


@pytest.fixture
def economy():
    return factories.browser(factories.operator(role="economy"))


def test_an_operator_schedules_a_banner_and_it_is_on_the_record(economy):
    answer = economy.post("/admin/games/banner/add/", _form())

    assert answer.status_code == 302, answer.context["errors"]
    banner = Banner.objects.get()
    assert (banner.title_ko, banner.gold_for_10, banner.gems_for_1) == ("가을 함", 900, None)
    events = apps.get_model("games.BannerEvent").objects.filter(pgh_obj_id=banner.pk)
    assert events.get().pgh_context.metadata["operator"] is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"gold_for_1": ""},
        {"gold_for_1": "", "gold_for_10": ""},
        {"gold_for_1": 0},
        {"ends_at_0": "2020-01-01"},
        {"odds_version": "made-up"},
        {"art": "roulette"},
    ],
)
def test_a_banner_that_cannot_be_is_refused_with_words(economy, wrong):
    answer = economy.post("/admin/games/banner/add/", _form(**wrong))

    assert answer.status_code == 200
    assert answer.context["errors"]
    assert not Banner.objects.exists()


def test_after_the_first_pull_prices_and_odds_can_only_be_read(economy):
    demo_banners(now=clock.now())
    banner = Banner.objects.first()
    pull(player_id=factories.player().pk, banner_id=banner.pk, pull_count=1, currency=Currency.GOLD, now=clock.now())

    answer = economy.post(f"/admin/games/banner/{banner.pk}/change/", _form(gold_for_1=1))

    assert answer.status_code == 302
    banner.refresh_from_db()
    assert banner.title_en == "Autumn box"
    assert banner.gold_for_1 in (150, 200)


def test_only_the_economy_role_may_schedule():
    viewer = factories.browser(factories.operator(role="viewer"))

    assert viewer.get("/admin/games/banner/").status_code == 200
    assert viewer.get("/admin/games/banner/add/").status_code == 403


@pytest.mark.parametrize("model", ["pity", "inventoryitem"])
def test_what_players_hold_is_shown_and_cannot_be_changed(model):
    demo_banners(now=clock.now())
    player = factories.player()
    pull(
        player_id=player.pk,
        banner_id=Banner.objects.first().pk,
        pull_count=1,
        currency=Currency.GOLD,
        now=clock.now(),
    )
    operator = factories.browser(factories.operator(superuser=True))

    assert operator.get(f"/admin/games/{model}/?q={player.site_id}").context["cl"].result_count == 1
    assert operator.get(f"/admin/games/{model}/add/").status_code == 403
