"""Midnight with a crowd: every player in two tabs on each side of it, some with a protection in hand.

`MIDNIGHTS` sets how many nights and `MIDNIGHT_PLAYERS` how many players; 20 and 200 are the full measure.
"""

import os
from datetime import UTC, datetime, timedelta

import pytest

from economy.ledger.models import Entry
from economy.streaks.models import AttendanceDay, StreakState
from economy.streaks.repair import repair
from economy.streaks.rules import Action
from economy.streaks.services import claim, tick
from tests import factories
from tests.concurrency.together import together

pytestmark = pytest.mark.django_db(transaction=True)
NIGHTS = int(os.environ.get("MIDNIGHTS", "2"))
PLAYERS = int(os.environ.get("MIDNIGHT_PLAYERS", "40"))
HANDS = 40
FIRST_MIDNIGHT = datetime(2031, 1, 13, tzinfo=UTC)
LOGIN = Action.DAILY_LOGIN


def test_two_tabs_on_each_side_of_every_midnight_are_one_day_each_side():
    players = [factories.player().pk for _ in range(PLAYERS)]
    for player in players[::4]:
        for day in range(6, 0, -1):
            tick(player_id=player, action=LOGIN, now=FIRST_MIDNIGHT - timedelta(days=day, hours=1))

    for night in range(NIGHTS):
        # Every third night, so that a day was missed before each.
        midnight = FIRST_MIDNIGHT + night * timedelta(days=3)
        before, after = midnight - timedelta(milliseconds=1), midnight + timedelta(milliseconds=1)
        tabs = [(player, now) for player in players for now in (before, after, before, after)]
        rows = AttendanceDay.objects.exclude(source="protected").count()

        def act(hand: int, tabs=tabs, after=after):
            if hand == HANDS:
                return repair(now=after)
            return [_open(number, *tab) for number, tab in enumerate(tabs) if number % HANDS == hand]

        outcomes = together(HANDS + 1, act)

        assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
        assert AttendanceDay.objects.exclude(source="protected").count() - rows == 2 * PLAYERS
        runs = dict(StreakState.objects.values_list("player_id", "count"))
        for position, player in enumerate(players):
            # Every fourth has come six days before, earns a protection on the seventh and spends it the next night.
            kept = {0: 8, 1: 10}.get(night, 2) if position % 4 == 0 else 2
            assert runs[player] == kept, (night, position)
        paid = Entry.objects.filter(reason="streak.claim", asset="gold").count()
        assert paid == (night + 1) * 2 * PLAYERS
        assert repair(now=after).counters_rebuilt == 0


def _open(number: int, player: int, now: datetime) -> None:
    """A tab: it ticks, and every other one claims."""
    tick(player_id=player, action=LOGIN, now=now)
    if number // 2 % 2:
        claim(player_id=player, action=LOGIN, now=now)
