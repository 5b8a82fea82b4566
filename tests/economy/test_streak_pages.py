"""The attendance book in a browser's eyes, with and without scripts."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from economy.streaks.models import StreakState
from economy.streaks.rules import Action
from economy.streaks.services import claim, tick
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2031, 2, 12, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def wednesday_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def player():
    with time_machine.travel(NOW - 40 * DAY, tick=False):
        return factories.player()


@pytest.fixture
def browser(player):
    return factories.browser(player)


def states(answer) -> dict[int, str]:
    """Day of the month → what its cell shows."""
    cells = [day for week in answer.context["weeks"] for day in week if day]
    return {cell.date.day: "before" if cell.before_signup else cell.state.value for cell in cells}


def test_a_month_shows_each_of_its_days(browser, player):
    for day in range(-9, -2):
        tick(player_id=player.pk, action=Action.DAILY_LOGIN, now=NOW + day * DAY)
    claim(player_id=player.pk, action=Action.DAILY_LOGIN, now=NOW - DAY)

    answer = browser.get("/streak")

    shown = states(answer)
    assert len(shown) == 28
    assert [shown[day] for day in (2, 3, 9, 10, 11, 12, 13)] == [
        *("missed", "attended", "attended", "protected", "claimed", "today", "future"),
    ]
    assert [len(week) for week in answer.context["weeks"]] == [7] * 5
    page = answer.content.decode()
    assert "2031년 2월" in page
    assert "보호권으로 지킴" in page
    assert answer.context["month_total"] == 8


def test_days_before_the_sign_up_are_nobodys_miss(browser, player):
    shown = states(browser.get("/streak?year=2031&month=1"))

    assert (shown[2], shown[3], shown[4]) == ("before", "missed", "missed")
    home = browser.get("/").content.decode()
    assert "day--missed" in home
    fresh = factories.browser(factories.player()).get("/").content.decode()
    assert "day--missed" not in fresh
    assert "가입 전" in fresh


def test_months_turn_from_the_sign_up_to_today(browser):
    now, first = browser.get("/streak"), browser.get("/streak?year=2031&month=1")

    assert (now.context["earlier_url"], now.context["later_url"]) == ("/streak?year=2031&month=1", "")
    assert (first.context["earlier_url"], first.context["later_url"]) == ("", "/streak?year=2031&month=2")


@pytest.mark.parametrize(
    "query",
    ["year=2030&month=12", "year=2031&month=3", "month=13", "month=x", "year=99999", "action=LOTTERY", "month=%00"],
)
def test_a_month_that_is_not_in_the_book_leads_to_this_one(browser, query):
    assert browser.get(f"/streak?{query}").headers["Location"] == "/streak"


def test_the_other_actions_have_their_pages_without_protection(browser, player):
    tick(player_id=player.pk, action=Action.SLOT_SPIN, now=NOW)

    answer = browser.get("/streak?action=SLOT_SPIN")

    assert states(answer)[12] == "attended"
    assert "streak-protection" not in answer.content.decode()


def test_protection_is_switched_by_a_plain_form(browser, player):
    answer = browser.post("/streak/protection", {"enabled": "0"}, follow=True)

    assert answer.redirect_chain == [("/streak", 302)]
    assert StreakState.objects.get(player_id=player.pk).protection_enabled is False
    page = answer.content.decode()
    assert "보호를 껐어요" in page
    assert 'name="enabled" value="1"' in page


def test_protection_is_switched_by_a_swap_of_its_panel(browser, player):
    answer = browser.post("/streak/protection", {"enabled": "1"}, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert answer.content.decode().strip().startswith('<section class="panel protection"')
    assert "toast" in answer.headers["HX-Trigger"]


def test_an_operator_without_a_wallet_is_told(client):
    operator = factories.browser(factories.operator())

    assert operator.get("/streak").status_code == 200
    assert "지갑" in operator.post("/streak/protection", {"enabled": "0"}, follow=True).content.decode()


def test_strangers_are_led_to_the_sign_in(client):
    for answer in (client.get("/streak"), client.post("/streak/protection")):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/login")


def test_the_page_speaks_english(browser):
    page = browser.get("/streak", headers={"Accept-Language": "en"}).content.decode()

    assert "Attendance book" in page
    assert "February 2031" in page
