"""Rock, paper, scissors in a browser: by mouse, by keyboard, told in words."""

import pytest
from playwright.sync_api import expect

from casino_club.core import clock
from games.fairness import services as fairness
from games.rounds.models import Round
from games.rps import rules
from games.rps.rules import Hand
from games.rps.services import play

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(monkeypatch):
    def shows(hand):
        monkeypatch.setattr(rules, "draw_hand", lambda draw: Hand(hand))

    return shows


@pytest.mark.parametrize(("width", "language"), [(360, "ko"), (768, "ko"), (1280, "en")])
def test_both_hands_and_the_win_are_shown(page, signed_in, house, picture, assert_accessible, width, language):
    house("scissors")
    player = signed_in()
    page.goto("/games/rps")
    assert_accessible()
    picture("rps", full=True)

    page.locator("[data-hand=rock]").click()

    expect(page.locator("[data-win-figure]")).to_have_text("+194")
    expect(page.locator("[data-result]")).to_contain_text("194")
    expect(page.locator("#balances [data-figure=gold]")).to_have_attribute("value", "1094")
    assert_accessible()
    picture("rps-won", full=True)
    assert Round.objects.filter(player=player).count() == 1


def test_the_browser_itself_proves_a_round(page, signed_in, picture, assert_accessible):
    player = signed_in()
    played = play(player_id=player.pk, choice=Hand.PAPER, bet_amount=100, now=clock.now())
    fairness.rotate(player_id=player.pk, now=clock.now())

    page.goto(f"/games/rounds/{played.round_id}")

    expect(page.locator("[data-verdict]")).to_contain_text("검증했어요")
    assert_accessible()
    picture("rps-round", full=True)


def test_the_keys_one_to_three_show_hands(page, signed_in, house):
    house("rock")
    signed_in()
    page.goto("/games/rps")

    page.keyboard.press("2")

    expect(page.locator("[data-result]")).to_contain_text("194")


def test_a_bet_outside_the_table_is_said_beside_it(page, signed_in):
    signed_in()
    page.goto("/games/rps")
    page.locator("[data-bet]").fill("9")

    page.locator("[data-hand=paper]").click()

    expect(page.locator("[data-bet]")).to_be_focused()
    expect(page.locator("[data-bet-help]")).to_contain_text("10")
    assert not Round.objects.exists()
