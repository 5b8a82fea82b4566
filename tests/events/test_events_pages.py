"""Events, missions and the pass as pages: with htmx, without JavaScript, signed out, in every state."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from casino_club.core import clock
from economy.ledger.rules import hour_of
from economy.ledger.selectors import wallet_of
from economy.seasons.services import Tier, schedule
from events.home.services import panel
from events.live import services
from events.live.models import Participation
from events.live.rules import Asked
from events.missions.models import Mission
from tests import factories
from tests.events.play import event, fund, play

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
DAY = timedelta(days=1)


@pytest.fixture
def player():
    player = factories.player()
    fund(player.pk, at=clock.now(), gold=10_000, gems=200)
    return player


@pytest.fixture
def browser(player):
    return factories.browser(player)


def live(**changes):
    now = clock.now()
    return event(now=now, **{"start_date": now - DAY, "end_date": now + DAY, **changes})


def text(answer) -> str:
    return answer.content.decode()


def test_strangers_see_the_preview_and_are_invited_in(client):
    shown = live(title="달맞이")

    page = client.get("/events")

    assert page.status_code == 200
    assert "달맞이" in text(page)
    assert f"/events/{shown.pk}/join" not in text(page)
    assert client.get(f"/events/{shown.pk}").status_code == 302


def test_the_list_shows_what_is_on_coming_and_over(browser):
    now = clock.now()
    live(title="지금 잔치")
    live(title="다음 잔치", start_date=now + DAY, end_date=now + 2 * DAY)
    live(title="지난 잔치", start_date=now - 3 * DAY, end_date=now - DAY)

    for query, title in (("", "지금 잔치"), ("?show=upcoming", "다음 잔치"), ("?show=ended", "지난 잔치")):
        page = text(browser.get(f"/events{query}"))
        assert [name for name in ("지금 잔치", "다음 잔치", "지난 잔치") if name in page] == [title]


def test_what_is_over_is_told_as_past_also_to_who_collected_too_late(browser, player):
    now = clock.now()
    past = live(start_date=now - 20 * DAY, end_date=now - 10 * DAY)
    services.join(player_id=player.pk, event_id=past.pk, now=now - 15 * DAY)
    play(player.pk, at=now - 14 * DAY, times=3)

    page = text(browser.get(f"/events/{past.pk}"))

    assert "1명이 참여했어요" in page
    assert "기간이 지났어요" in page
    assert "보상 받기" not in page


def test_empty_lists_say_so(browser):
    for path in ("/events", "/events?show=upcoming", "/events?show=ended", "/missions?show=all", "/pass"):
        page = browser.get(path)
        assert page.status_code == 200
        assert 'class="state"' in text(page)


def test_joining_and_collecting_work_without_javascript(browser, player):
    shown = live(requirements=(Asked("plays", 1),))

    joined = browser.post(f"/events/{shown.pk}/join", follow=True)
    assert joined.redirect_chain == [(f"/events/{shown.pk}", 302)]
    assert "참여했어요" in text(joined)
    play(player.pk, at=clock.now())
    before = wallet_of(player.pk).gold
    paid = browser.post(f"/events/{shown.pk}/claim", follow=True)

    assert "보상을 받았어요" in text(paid)
    assert wallet_of(player.pk).gold == before + 500


def test_htmx_gets_the_card_with_a_toast_and_fresh_balances(browser, player):
    shown = live()

    card = browser.post(f"/events/{shown.pk}/join", headers=HTMX | {"HX-Target": f"event-{shown.pk}"})
    detail = browser.post(f"/events/{shown.pk}/join", headers=HTMX | {"HX-Target": "event-detail"})

    assert f'id="event-{shown.pk}"' in text(card)
    assert "<html" not in text(card)
    assert {"toast", "balances"} <= set(json.loads(card["HX-Trigger"]))
    assert 'id="event-detail"' in text(detail)
    assert Participation.objects.filter(player=player).count() == 1


def test_refusals_are_told_and_change_nothing(browser, player):
    shown = live()

    early = browser.post(f"/events/{shown.pk}/claim", headers=HTMX | {"HX-Target": f"event-{shown.pk}"})

    assert early.status_code == 200
    assert '"kind": "error"' in early["HX-Trigger"]
    assert not Participation.objects.exists()


def test_an_event_that_is_not_there_is_404(browser):
    for path in ("/events/99999", f"/events/{2**70}"):
        assert browser.get(path).status_code == 404
    assert browser.post("/events/99999/join").status_code == 404


def test_a_level_up_by_a_reward_is_celebrated(browser, player):
    shown = live(requirements=(Asked("plays", 1),), rewards={"exp": 1000})
    services.join(player_id=player.pk, event_id=shown.pk, now=clock.now())
    play(player.pk, at=clock.now())

    paid = browser.post(f"/events/{shown.pk}/claim", headers=HTMX | {"HX-Target": "event-detail"})

    assert '"levelUp": {"level": 2}' in paid["HX-Trigger"]


def test_missions_page_and_claim(browser, player):
    daily = Mission.objects.create(title="판 벌이기", mission_type="daily", metric="plays", target_value=1, gold=70)
    Mission.objects.create(title="주간 나들이", mission_type="weekly", metric="plays", target_value=9, gold=70)
    play(player.pk, at=clock.now())

    assert "주간 나들이" not in text(browser.get("/missions"))
    assert "주간 나들이" in text(browser.get("/missions?show=all"))
    before = wallet_of(player.pk).gold
    swapped = browser.post(f"/missions/{daily.pk}/claim", {"show": "all"}, headers=HTMX)
    plain = browser.post(f"/missions/{daily.pk}/claim", {"show": "daily"})

    assert 'id="missions"' in text(swapped)
    assert "주간 나들이" in text(swapped)
    assert plain["Location"] == "/missions?show=daily"
    assert wallet_of(player.pk).gold == before + 70


def test_a_mission_is_collected_on_the_home_page(browser, player):
    daily = Mission.objects.create(title="판 벌이기", mission_type="daily", metric="plays", target_value=1, gold=70)
    play(player.pk, at=clock.now())
    before = wallet_of(player.pk).gold

    swapped = browser.post(f"/home/missions/{daily.pk}/claim", headers=HTMX)
    plain = browser.post(f"/home/missions/{daily.pk}/claim")

    assert 'id="home-missions"' in text(swapped)
    assert plain["Location"] == "/"
    assert wallet_of(player.pk).gold == before + 70


@pytest.fixture
def season():
    start = hour_of(clock.now())
    tiers = (Tier(xp=1, free_gold=50, premium_gold=200), Tier(xp=20_000, premium_gems=5))
    return schedule(name="단풍 고개", starts_at=start, ends_at=start + 28 * DAY, premium_price_gems=100, tiers=tiers)


def test_the_pass_page_its_claims_and_the_upgrade(browser, player, season):
    play(player.pk, at=clock.now())
    before = wallet_of(player.pk)

    assert "단풍 고개" in text(browser.get("/pass"))
    one = browser.post("/pass/claim", {"tier": 1, "track": "free", "season": season.pk}, headers=HTMX)
    key = "a-key-of-this-form"
    bought = [browser.post("/pass/upgrade", {"key": key}, headers=HTMX) for _ in range(2)]
    nothing = browser.post("/pass/claim", headers=HTMX)

    assert '"kind": "success"' in one["HX-Trigger"]
    assert all('"kind": "success"' in answer["HX-Trigger"] for answer in bought)
    assert '"kind": "info"' in nothing["HX-Trigger"]
    after = wallet_of(player.pk)
    assert (after.gold - before.gold, after.gems - before.gems) == (250, -100)


def test_everything_waiting_is_collected_with_one_press(browser, player, season):
    play(player.pk, at=clock.now())
    before = wallet_of(player.pk).gold

    collected = browser.post("/pass/claim", follow=True)

    assert collected.status_code == 200
    assert wallet_of(player.pk).gold == before + 50


@pytest.mark.parametrize(
    "form", [{"tier": "x", "track": "free", "season": "1"}, {"tier": "1"}, {"tier": "1", "track": "x"}]
)
def test_a_strange_form_is_told_so(browser, season, form):
    answer = browser.post("/pass/claim", form, headers=HTMX)

    assert answer.status_code == 200
    assert '"kind": "error"' in answer["HX-Trigger"]


def test_the_home_panel_has_real_events_and_missions(player, season, django_assert_max_num_queries):
    for _ in range(5):
        services.join(player_id=player.pk, event_id=live().pk, now=clock.now())
    Mission.objects.create(title="판 벌이기", mission_type="daily", metric="plays", target_value=1, gold=70)

    panel(player_id=player.pk, now=clock.now())
    with django_assert_max_num_queries(15):
        shown = panel(player_id=player.pk, now=clock.now())

    assert (len(shown.events), len(shown.missions), shown.battlepass.season) == (2, 1, season)


@pytest.mark.parametrize("name", ["missions", "battlepass"])
def test_strangers_are_led_to_sign_in(client, name):
    assert client.get(reverse(name))["Location"].startswith("/login")
