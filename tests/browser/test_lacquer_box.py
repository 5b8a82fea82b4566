"""The lacquer box and the album in a real browser: opened by mouse and keyboard, skipped, counted, read aloud."""

import itertools

import pytest
from playwright.sync_api import expect

from casino_club.core import clock
from games.fairness import services as fairness
from games.gacha import rules
from games.gacha.demo import demo_banners
from games.gacha.models import Banner
from games.gacha.rules import Currency
from games.gacha.services import pull
from games.rounds.models import Round
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
ALL_SIZES = pytest.mark.parametrize(
    ("width", "language"), [(360, "ko"), (360, "en"), (768, "ko"), (1280, "ko"), (1280, "en")]
)


@pytest.fixture
def rich(signed_in):
    """A player who can afford ten, and boxes to open."""
    demo_banners(now=clock.now())
    player = factories.player()
    factories.give(player, gold=20_000, gems=500)
    return signed_in(player)


@pytest.fixture
def fixed(monkeypatch):
    """Let a box give these cards, one after another, again and again."""

    def give(*codes):
        coming = itertools.cycle(rules.CARDS[code] for code in codes)
        monkeypatch.setattr(rules, "draw_card", lambda draw, odds, *, guaranteed: next(coming))

    return give


TEN = (
    "pine-pi", "plum-animal", "wisteria-pi", "iris-ribbon", "pine-pi",
    "pampas-bright", "clover-animal", "chrysanthemum-ribbon", "maple-pi", "willow-animal",
)  # fmt: skip


@ALL_SIZES
def test_ten_cards_are_dealt_turned_and_kept(page, rich, fixed, picture, assert_accessible, width, language):
    fixed(*TEN)
    page.goto("/games/gacha")
    picture("gacha", full=True)
    assert_accessible()

    page.locator("[data-pull='10']:visible").click()

    expect(page.locator("[data-again]")).to_be_focused()
    expect(page.locator(".draw--turned")).to_have_count(10)
    expect(page.locator(".draw__note--new")).to_have_count(9)
    picture("gacha-ten")
    assert_accessible()
    page.locator("[data-close]").click()
    expect(page.locator("[data-pity-bar]")).to_have_js_property("value", 4)
    expect(page.locator("#balances [data-figure=gold]")).to_have_attribute("value", "19200")
    picture("gacha-after", full=True)

    page.goto("/inventory")

    assert_accessible()
    picture("inventory", full=True)
    expect(page.locator(".place:not(.place--missing)")).to_have_count(9)
    expect(page.locator(".place__count")).to_have_text("×2")


@ALL_SIZES
def test_one_card_lies_open_in_full(page, rich, fixed, picture, assert_accessible, width, language):
    fixed("pampas-bright")
    page.goto("/games/gacha")

    page.locator("[data-pull='1']:visible").click()

    expect(page.locator("[data-again]")).to_be_focused()
    expect(page.locator("[data-words]")).to_contain_text({"ko": "공산 광", "en": "Full moon Bright"}[language])
    assert_accessible()
    picture("gacha-one")


def test_the_keyboard_alone_opens_skips_and_closes(page, rich, fixed):
    fixed("pine-pi")
    page.emulate_media(reduced_motion="no-preference")
    page.goto("/games/gacha")
    page.locator("[data-pull='10']:visible").focus()

    page.keyboard.press("Enter")
    expect(page.locator("[data-skip]")).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.locator(".draw--turned")).to_have_count(10)
    expect(page.locator("[data-again]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-opening]")).not_to_be_visible()
    expect(page.locator("[data-pull='10']:visible")).to_be_focused()
    assert Round.objects.filter(player=rich).count() == 1


def test_the_lid_lifts_before_the_cards_turn(page, rich, fixed, picture):
    fixed("pine-pi", "plum-animal", "pampas-bright")
    page.emulate_media(reduced_motion="no-preference")
    page.goto("/games/gacha")

    page.locator("[data-pull='10']:visible").click()

    page.wait_for_timeout(520)
    picture("gacha-lid")
    expect(page.locator(".opening--dealt")).to_be_visible()
    page.wait_for_timeout(900)
    picture("gacha-turning")
    expect(page.locator("[data-again]")).to_be_visible(timeout=15_000)


def test_the_browser_itself_proves_ten_cards(page, rich, picture, assert_accessible):
    banner = Banner.objects.first()
    played = pull(player_id=rich.pk, banner_id=banner.pk, pull_count=10, currency=Currency.GOLD, now=clock.now())
    fairness.rotate(player_id=rich.pk, now=clock.now())

    page.goto(f"/games/rounds/{played.round_id}")

    expect(page.locator("[data-verdict]")).to_contain_text("검증했어요")
    assert_accessible()
    picture("gacha-round", full=True)


def test_gems_pay_where_gems_are_chosen(page, rich):
    page.goto("/games/gacha")
    page.locator("input[value=gems]").check(force=True)

    page.locator("[data-pull='1']:visible").click()

    expect(page.locator("[data-again]")).to_be_visible()
    expect(page.locator("#balances [data-figure=gems]")).to_have_attribute("value", "480")


def test_too_little_is_said_where_it_was_asked(page, signed_in, faults, picture):
    faults.expect("409")
    demo_banners(now=clock.now())
    signed_in()
    page.goto("/games/gacha")

    page.locator("[data-pull='10']:visible").click()

    expect(page.locator("[data-refusal]")).to_contain_text("골드가 부족해요")
    expect(page.locator("[data-opening]")).not_to_be_visible()
    picture("gacha-refused", full=True)


def test_a_lost_answer_is_asked_for_again_and_pulls_once(page, rich, faults):
    faults.expect("failed|console")
    page.goto("/games/gacha")
    dropped = []

    def drop_first(route):
        if dropped:
            route.continue_()
        else:
            dropped.append(route.fetch())
            route.abort()

    page.route("**/api/games/gacha/pull", drop_first)

    page.locator("[data-pull='1']:visible").click()

    expect(page.locator("[data-again]")).to_be_visible()
    assert Round.objects.filter(player=rich).count() == 1


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_found_and_nothing_on_sale_have_words(page, signed_in, picture, assert_accessible, width):
    signed_in()
    page.goto("/inventory")
    assert_accessible()
    picture("inventory-empty")
    expect(page.locator(".place--missing")).to_have_count(36)

    page.goto("/games/gacha")

    assert_accessible()
    picture("gacha-closed")
    expect(page.get_by_text("지금 열린 함이 없어요")).to_be_visible()


def test_the_odds_page_prints_every_box(page, picture, assert_accessible):
    page.goto("/odds")

    assert_accessible()
    expect(page.locator("#gacha-standard-2026-11-23")).to_contain_text("3.4818%")
    picture("odds", full=True)
