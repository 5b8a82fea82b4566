"""Redis emptied at any step of a player's days: no streak, claim or flag is lost or doubled."""

from datetime import UTC, datetime, timedelta

import pytest

from casino_club.core import redis
from economy.ledger.models import Entry
from economy.ledger.selectors import wallet_of
from economy.reconcile.services import reconcile
from economy.streaks.models import AttendanceDay, StreakState
from economy.streaks.repair import repair
from economy.streaks.rules import Action, reward_for
from economy.streaks.services import claim, set_protection, tick
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = datetime(2031, 1, 6, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LOGIN = Action.DAILY_LOGIN
# A week with its protection, a miss, a switch, a game, repairs in between.
STEPS = [
    *[("claim", day) for day in range(7)],
    *[("repair", 6), ("repair", 8), ("tick", 8), ("claim", 8), ("off", 8), ("slot", 8), ("on", 9), ("claim", 9)],
    ("repair", 9),
]


def play(player: int, flushed_before: int | None) -> None:
    for number, (act, day) in enumerate(STEPS):
        now = MONDAY + day * DAY
        if number == flushed_before:
            redis.client().flushall()
        if act == "claim":
            claim(player_id=player, action=LOGIN, now=now)
            assert claim(player_id=player, action=LOGIN, now=now).idempotent
        elif act == "tick":
            tick(player_id=player, action=LOGIN, now=now)
        elif act == "slot":
            tick(player_id=player, action=Action.SLOT_SPIN, now=now)
        elif act == "repair":
            repair(now=now)
        else:
            set_protection(player_id=player, enabled=act == "on", now=now)


def what_stands(player: int) -> tuple:
    states = StreakState.objects.filter(player_id=player).order_by("action")
    days = AttendanceDay.objects.filter(player_id=player).order_by("action", "date")
    shown = {}
    store = redis.client()
    for key in store.keys(f"user:{player}:*"):
        name = key.decode().replace(f"user:{player}:", "")
        if "streak_daily_lock" not in name:
            shown[name] = store.smembers(key) if store.type(key) == b"set" else store.get(key)
    return (
        list(states.values_list("action", "count", "longest", "last_date", "protections", "protection_enabled")),
        list(days.values_list("action", "date", "source")),
        shown,
    )


def test_flushed_at_any_step_everything_is_as_if_it_had_not_been():
    undisturbed = factories.player().pk
    play(undisturbed, None)
    expected = what_stands(undisturbed)
    assert expected[0][0][1:3] == (9, 9)

    for step in range(len(STEPS)):
        player = factories.player().pk
        play(player, step)

        assert what_stands(player) == expected, STEPS[step]
        assert wallet_of(player).gold == 1000 + sum(reward_for(count).gold for count in range(1, 10))
        assert Entry.objects.filter(player_id=player, reason="streak.claim", asset="gold").count() == 9
    assert reconcile().violations == 0
