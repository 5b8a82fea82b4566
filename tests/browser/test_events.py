"""Events, missions and the pass in a browser: joined, collected and climbed, at every width, in both languages."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from casino_club.core import clock
from economy.ledger.rules import hour_of
from economy.ledger.selectors import wallet_of
from economy.seasons.services import Tier, schedule
from events.demo import services as demo
from events.live.models import Event
from events.live.rules import Asked
from tests.events.play import event, fund, play

pytestmark = pytest.mark.django_db(transaction=True)
everywhere = pytest.mark.parametrize("width", [360, 768, 1280])
both_languages = pytest.mark.parametrize("language", ["ko", "en"])
DAY = timedelta(days=1)


@pytest.fixture
def player(signed_in):
    user = signed_in()
    fund(user.pk, at=clock.now(), gold=20_000, gems=150)
    return user


@everywhere
@both_languages
def test_every_page_is_accessible_and_fits(page, player, picture, assert_accessible):
    demo.seed(now=clock.now())
    play(player.pk, at=clock.now(), wager=500, times=12)
    live = Event.objects.get(code="model-index")
    for name, path in (
        ("events", "/events"),
        ("events-coming", "/events?show=upcoming"),
        ("events-over", "/events?show=ended"),
        ("event", f"/events/{live.pk}"),
        ("missions", "/missions?show=all"),
        ("pass", "/pass"),
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        picture(name)
        assert_accessible()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_stranger_sees_what_is_on(page, picture, assert_accessible):
    demo.seed(now=clock.now())
    page.goto("/events")
    expect(page.locator(".preview-row")).to_have_count(3)
    picture("events-visitor")
    assert_accessible()


def test_joining_playing_and_collecting(page, player):
    now = clock.now()
    live = event(now=now, start_date=now - DAY, end_date=now + DAY, requirements=(Asked("plays", 2),))
    page.goto("/events")
    card = page.locator(f"#event-{live.pk}")

    card.get_by_role("button", name="참여하기").click()
    expect(page.locator("#toasts .toast--success")).to_be_visible()
    play(player.pk, at=clock.now(), times=2)
    page.goto(f"/events/{live.pk}")
    before = wallet_of(player.pk).gold
    page.get_by_role("button", name="보상 받기").click()

    expect(page.locator("#event-detail")).to_contain_text("받았어요")
    expect(page.locator("[data-figure=gold]")).to_have_attribute("value", str(before + 500))
    assert page.evaluate("document.activeElement.id") == "event-panel-title"
    assert wallet_of(player.pk).gold == before + 500


def test_the_pass_is_climbed_upgraded_and_collected(page, player):
    start = hour_of(clock.now())
    tiers = (Tier(xp=10, free_gold=50, premium_gold=200), Tier(xp=20_000, premium_gems=5))
    schedule(name="단풍 고개", starts_at=start, ends_at=start + 28 * DAY, premium_price_gems=100, tiers=tiers)
    play(player.pk, at=clock.now())
    page.goto("/pass")
    before = wallet_of(player.pk)

    page.locator(".step--ready button").click()
    expect(page.locator(".step--claimed")).to_have_count(1)
    page.get_by_role("button", name="프리미엄 열기").click()
    page.get_by_role("button", name="젬 100개 내기").click()

    expect(page.locator(".step--claimed")).to_have_count(2)
    after = wallet_of(player.pk)
    assert (after.gold - before.gold, after.gems - before.gems) == (250, -100)


@pytest.mark.parametrize("javascript", [False])
def test_the_pass_can_be_upgraded_without_javascript(page, player):
    demo.seed(now=clock.now())
    page.goto("/pass")

    page.locator("noscript form button, .pass-summary__acts > form button").last.click()

    assert wallet_of(player.pk).gems == 50
