"""Players' pages as an operator without a wallet meets them: each answers and says so, and none acts for a player."""

import pytest
from django.urls import URLPattern, get_resolver, reverse

from casino_club.core import clock
from casino_club.web.seed.services import Plan, banners, events, products
from economy.ledger.models import Entry, Wallet
from events.live.models import Event
from tests import factories

NOTICE = "이 계정에는 지갑이 없어서"
PARTS = {"balances", "safety_net", "streak_week", "shop_stock", "verifier_file"}
LEAD_ON = {"login", "signup"}
NEED_A_VALUE = {"password_reset_confirm": 400, "shop_order": 404}


def pages(resolver=None) -> dict[str, URLPattern]:
    """Every address with a name that belongs neither to the API nor to the admin; a file is looked at below."""
    found = {}
    for pattern in (resolver or get_resolver()).url_patterns:
        if str(pattern.pattern).startswith(("admin", "api/", "docs", "openapi", "profile/export")):
            continue
        if hasattr(pattern, "url_patterns"):
            found |= pages(pattern)
        elif pattern.name:
            found[pattern.name] = pattern
    return found


PAGES = pages()


def address(name: str) -> str:
    event = Event.objects.order_by("-pk").first()
    examples = {"event_id": event.pk if event else 1, "code": "x"}
    names = PAGES[name].pattern.converters
    return reverse(name, kwargs={each: examples.get(each, 1) for each in names})


@pytest.fixture
def house(db):
    plan = Plan(now=clock.now(), one_time_passwords=False)
    for seeder in (events, banners, products):
        seeder(plan)


@pytest.fixture
def looking_around(db):
    return factories.browser(factories.operator(superuser=True))


def test_there_are_pages_to_look_at():
    assert {"home", "lobby", "slot", "shop", "events", "profile", "inventory", "rankings", "history", "inbox"} <= {
        *PAGES
    }


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_page_answers_an_operator_without_a_wallet_and_says_that_there_is_none(house, looking_around, name):
    answer = looking_around.get(address(name))

    if answer.status_code == 200 and answer["Content-Type"].startswith("text/html") and name not in PARTS:
        page = answer.content.decode()
        assert NOTICE in page
        assert "data-signed-in" in page
        assert "data-player=" not in page, "attendance is told for players alone"
        assert 'data-figure="gold"' not in page, "there is no balance"
        assert reverse("safety_net") + '" hx-post' not in page, "nothing is theirs to take"
    elif answer.status_code == 302:
        assert name in LEAD_ON
    elif PAGES[name].pattern.converters and name not in NEED_A_VALUE:
        assert answer.status_code in (404, 405), "what belongs to somebody else is not there"
    else:
        assert answer.status_code in (200, 405, NEED_A_VALUE.get(name))


@pytest.mark.parametrize("name", sorted(PAGES))
def test_no_act_on_a_page_makes_them_a_player_or_breaks(house, looking_around, name):
    answer = looking_around.post(address(name), {"amount": "1", "count": "1"})

    assert answer.status_code < 500
    assert not Wallet.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_their_data_can_be_taken_along_too():
    looking_around = factories.browser(factories.operator())

    assert looking_around.get(reverse("account_export")).status_code == 200


def test_an_operator_who_has_a_wallet_plays_like_anybody(house):
    user = factories.player()
    user.is_staff = True
    user.save()

    page = factories.browser(user).get(reverse("home")).content.decode()

    assert f'data-player="{user.pk}"' in page
    assert NOTICE not in page
