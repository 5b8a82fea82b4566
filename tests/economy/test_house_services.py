"""The house's hours: folded once, exact with or without folding, safe twice and at once, proved by reconcile."""

from datetime import UTC, datetime, timedelta

import pytest

from economy.house import selectors
from economy.house.models import HouseHour
from economy.house.services import fold
from economy.ledger.rules import Asset, Sum, Window
from economy.reconcile.services import reconcile
from tests import factories
from tests.concurrency.together import together
from tests.events.play import play

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2031, 3, 5, 12, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def players():
    """Two who played in five of the last thirty hours, and in the running one."""
    found = [factories.player().pk for _ in range(2)]
    for player in found:
        for hours in (29, 28, 5, 2, 1, 0):
            play(player, at=NOON - hours * HOUR, wager=10, win=30 if hours == 5 else 0)
    return found


def bets(window=None):
    return selectors.moved(window)[Asset.GOLD, "slot.bet"]


def broken():
    (found,) = (found for found in reconcile().findings if found.invariant.name == "house_hours_are_the_tallies")
    return found.violations


def test_folding_changes_no_figure(players):
    windows = [None, Window(NOON - 28 * HOUR, NOON), Window(NOON - 5 * HOUR, NOON + HOUR), Window(NOON, NOON + HOUR)]
    before = [selectors.moved(window) for window in windows]

    assert fold(now=NOON) > 0

    assert [selectors.moved(window) for window in windows] == before
    assert bets() == Sum(12, 12, -120)
    assert bets(windows[1]) == Sum(8, 8, -80)
    assert selectors.since(NOON - 2 * HOUR)[Asset.GOLD, "slot.bet"] == Sum(6, 6, -60)
    assert not HouseHour.objects.filter(hour__gte=NOON.replace(minute=0)).exists()


def test_a_window_may_begin_and_end_inside_an_hour(players):
    fold(now=NOON)

    assert bets(Window(NOON - 2 * HOUR, NOON - HOUR)) == Sum(2, 2, -20)
    assert bets(Window(NOON - 2 * HOUR, NOON - HOUR + timedelta(microseconds=1))) == Sum(4, 4, -40)
    assert bets(Window(NOON - timedelta(minutes=1), NOON + timedelta(minutes=1))) == Sum(2, 2, -20)


def test_an_hour_is_folded_ten_minutes_after_its_end(players):
    fold(now=NOON.replace(minute=9))
    assert selectors.folded_until() == NOON.replace(minute=0) - 2 * HOUR

    fold(now=NOON.replace(minute=10))
    assert selectors.folded_until() == NOON.replace(minute=0) - HOUR


def test_a_second_fold_writes_nothing_and_many_at_once_fold_once(players):
    outcomes = together(6, lambda _: fold(now=NOON))

    assert fold(now=NOON) == 0
    assert all(isinstance(outcome, int) for outcome in outcomes), outcomes
    assert bets() == Sum(12, 12, -120)
    assert broken() == 0


def test_by_hour_tells_each_hour(players):
    fold(now=NOON)

    told = selectors.by_hour(Asset.GOLD, ["slot.bet"], NOON - 2 * HOUR)

    assert {hour.hour: part.amount for (hour, _), part in told.items()} == {10: -20, 11: -20, 12: -20}


def test_what_was_changed_by_hand_is_found_and_folded_again(players):
    fold(now=NOON)
    HouseHour.objects.filter(reason="slot.bet").update(amount=-1)
    HouseHour.objects.create(
        hour=NOON.replace(minute=0) - 3 * HOUR, asset="gold", reason="slot.win", entries=1, units=1, amount=5
    )
    assert broken() > 1

    fold(now=NOON, again=True)

    assert broken() == 0
