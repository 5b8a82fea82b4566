"""Streaks against the most naive model of them: a set of days and a note of when protection was off.

The rules alone play 1,000 sequences; with rows, Redis and repairs it is `STREAK_SEQUENCES` of them, 1000 being the full
measure (25 players share a world, its days and its repairs).
"""

import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casino_club.core import redis
from economy.streaks import mirror
from economy.streaks.models import AttendanceDay, StreakState
from economy.streaks.repair import repair, repair_players
from economy.streaks.rules import Action, Source, Streak, reward_for, streak_from, week_of
from economy.streaks.selectors import history, protection, status
from economy.streaks.services import claim, set_protection, tick
from tests import factories

pytestmark = pytest.mark.django_db
PLAYERS = 25
SEQUENCES = int(os.environ.get("STREAK_SEQUENCES", "250"))
FIRST = date(2031, 1, 1)
DAYS = 60
LOGIN = Action.DAILY_LOGIN
# What a letter of a player's sequence stands for: days of one thing, or one day with something odd in it.
LETTERS = {
    "a": ["tick"],
    "b": ["tick"] * 3,
    "c": ["tick"] * 7,
    "d": ["tick"] * 14,
    "u": ["tick"] * 21,
    "e": ["claim"],
    "f": ["tabs"],
    "g": ["miss"],
    "h": ["miss"],
    "i": ["miss"] * 2,
    "j": ["miss"] * 4,
    "k": ["late"],
    "l": ["miss", "late"],
    "m": ["off"],
    "n": ["off", "miss"],
    "o": ["on"],
    "p": ["lost claim"],
    "q": ["lost tick"],
    "r": ["counter"],
    "s": ["look"],
    "t": ["miss", "look"],
}
# What happens to everybody at a day's end: mostly nothing, so that a repair finds more than one day.
WORLD = {"r": ["repair"], "t": ["repair", "again"], "f": ["flush"], "g": ["flush", "repair"]}
ENDS = "".join(WORLD) + "abcdehijkl"


@dataclass
class Naive:
    """One player's days."""

    attended: set[date] = field(default_factory=set)
    claimed: set[date] = field(default_factory=set)
    switched: dict[date, bool] = field(default_factory=dict)

    def enabled(self, day: date) -> bool:
        until = [switch for switch in self.switched if switch <= day]
        return self.switched[max(until)] if until else True

    def played(self, today: date) -> tuple[int, int, int, set[date]]:
        """Count, longest, protections held and the days they were spent on, day by day from the first."""
        count = longest = held = 0
        spent = set()
        day = FIRST
        while day <= today:
            if day in self.attended:
                count += 1
                longest = max(longest, count)
                if count in (7, 21, 35, 49):
                    held = min(2, held + 1)
            elif day < today:
                if count and held and self.enabled(day):
                    held -= 1
                    spent.add(day)
                else:
                    count = 0
            day += timedelta(days=1)
        return count, longest, held, spent

    def state(self, day: date, today: date, spent: set[date]) -> str:
        if day in self.claimed:
            return "claimed"
        if day in self.attended:
            return "attended"
        if day in spent:
            return "protected"
        return "today" if day == today else "future" if day > today else "missed"


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def do(act: str, player: int, naive: Naive, day: date) -> None:
    """One thing on one day, to the product and to the model."""
    if act in ("tick", "tabs", "counter", "lost tick"):
        ticked = tick(player_id=player, action=LOGIN, now=at(day))
        assert ticked.ticked is (day not in naive.attended)
        naive.attended.add(day)
        assert (ticked.count, ticked.longest) == naive.played(day)[:2]
    if act == "tabs":
        assert tick(player_id=player, action=LOGIN, now=at(day)).ticked is False
    if act in ("claim", "lost claim"):
        claimed = claim(player_id=player, action=LOGIN, now=at(day))
        naive.attended.add(day)
        naive.claimed.add(day)
        count = naive.played(day)[0]
        assert (claimed.streak_count, claimed.awarded_gold) == (count, reward_for(count).gold)
    if act == "late":
        # Stamped just before midnight, it comes after one of just after it.
        do("tick", player, naive, day)
        yesterday = day - timedelta(days=1)
        late = tick(player_id=player, action=LOGIN, now=at(day, 0) - timedelta(milliseconds=1))
        assert late.ticked is (yesterday not in naive.attended)
        naive.attended.add(yesterday)
        assert late.count == naive.played(yesterday)[0]
    if act in ("off", "on"):
        found = set_protection(player_id=player, enabled=act == "on", now=at(day))
        naive.switched[day] = act == "on"
        assert (found.enabled, found.held) == (act == "on", naive.played(day)[2])


def hurt(act: str, player: int, naive: Naive, day: date) -> None:
    """Drift, of the kind that the next repair of the same day is to put right."""
    if act == "counter":
        StreakState.objects.filter(player_id=player, action=LOGIN).update(count=3, longest=99, protections=1)
    if act in ("lost claim", "lost tick"):
        redis.client().set(mirror.lock_key(player, LOGIN, day), 1)
        AttendanceDay.objects.filter(player_id=player, action=LOGIN, date=day).delete()
    if act == "lost tick" and day not in naive.claimed:
        naive.attended.discard(day)


def look(player: int, naive: Naive, today: date) -> None:
    """Status, history and protection, right whether or not a repair ran."""
    count, longest, held, spent = naive.played(today)
    found = status(player, LOGIN, at(today))
    assert (found.count, found.longest, found.protections) == (count, longest, held)
    todays = count if today in naive.attended else count + 1
    assert found.today_reward_gold == reward_for(todays).gold
    kept = [day.state if day.state != "repaired" else "attended" for day in found.week]
    assert kept == [naive.state(day, today, spent) for day in week_of(today)]
    month = history(player, LOGIN, year=today.year, month=today.month, now=at(today))
    assert [day.date for day in month.days if day.state == "protected"] == sorted(
        day for day in spent if day.month == today.month
    )
    shown = protection(player, at(today))
    assert (shown.enabled, shown.held, shown.used) == (naive.enabled(today), held, sorted(spent, reverse=True))


def rows_are_as_played(world: dict[int, Naive], today: date) -> None:
    """After a repair: every row, and what Redis shows of it."""
    states = {state.player_id: state for state in StreakState.objects.filter(player_id__in=world, action=LOGIN)}
    days: dict[int, set[tuple[date, bool]]] = {player: set() for player in world}
    for player, day, source in AttendanceDay.objects.filter(player_id__in=world).values_list(
        "player_id", "date", "source"
    ):
        days[player].add((day, source == "protected"))
    store = redis.client()
    for player, naive in world.items():
        count, longest, held, spent = naive.played(today)
        assert days[player] == {(day, False) for day in naive.attended} | {(day, True) for day in spent}
        if player in states:
            state = states[player]
            assert (state.count, state.longest, state.protections) == (count, longest, held)
        if naive.attended:
            assert store.get(mirror.counter_key(player, LOGIN)) == str(count).encode()
            assert store.get(mirror.protection_key(player, LOGIN)) == str(held).encode()
            members = store.smembers(mirror.attendance_key(player, LOGIN))
            assert {day.isoformat().encode() for day in naive.attended} <= members


@settings(max_examples=1000, deadline=None)
@given(letters=st.text("".join(LETTERS), min_size=8, max_size=40))
def test_the_rules_do_what_a_set_of_days_would(letters):
    naive, streak, since, spent = Naive(), Streak(), None, set()
    acts = [act for letter in letters for act in LETTERS[letter]][:DAYS]

    for number, act in enumerate(acts):
        today = FIRST + timedelta(days=number)
        covers_from = (since or date.min) if naive.enabled(today) else None
        settled = streak.settled(today, covers_from=covers_from)
        spent |= set(settled.spent)
        if act in ("off", "on"):
            since = today if act == "on" and not naive.enabled(today) else since
            naive.switched[today] = act == "on"
            streak = settled.streak
        elif act != "miss" and act != "look":
            naive.attended.add(today)
            streak = settled.streak.ticked(today, protectable=True)

        count, longest, held, covered = naive.played(today)
        shown = settled.streak if today not in naive.attended else streak
        assert (shown.alive_on(today), shown.longest, shown.held) == (count, longest, held)
        assert spent == covered
    facts = [(day, Source.TICK) for day in naive.attended] + [(day, Source.PROTECTED) for day in spent]
    found = streak_from(sorted(facts), protectable=True)
    assert (found.alive_on(today), found.longest, found.held) == (count, longest, held)


@settings(
    max_examples=max(1, SEQUENCES // PLAYERS),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    sequences=st.lists(st.text("".join(LETTERS), min_size=8, max_size=40), min_size=PLAYERS, max_size=PLAYERS),
    ends=st.text(ENDS, min_size=DAYS, max_size=DAYS),
)
def test_streaks_do_what_a_set_of_days_would(crowd, sequences, ends):
    with transaction.atomic():
        redis.client().flushdb()
        operator = factories.operator().pk
        world = {player: Naive() for player in crowd}
        plans = [[act for letter in letters for act in LETTERS[letter]] for letters in sequences]
        for number, end in enumerate(ends):
            today = FIRST + timedelta(days=number)
            hurt_today = {}
            for (player, naive), plan in zip(world.items(), plans, strict=True):
                act = plan[number] if number < len(plan) else "miss"
                if act == "late" and number == 0:
                    continue
                do(act, player, naive, today)
                if act in ("counter", "lost claim", "lost tick"):
                    hurt(act, player, naive, today)
                    hurt_today[player] = naive
                if act == "look":
                    look(player, naive, today)
            if hurt_today:
                report = repair_players(player_ids=list(hurt_today), operator_id=operator, now=at(today, 13))
                assert report.failures == []
                rows_are_as_played(hurt_today, today)
            for act in WORLD.get(end, []):
                if act == "flush":
                    redis.client().flushdb()
                else:
                    report = repair(now=at(today, 13))
                    assert report.failures == []
                    assert act != "again" or report.changes == 0
                    rows_are_as_played(world, today)
        transaction.set_rollback(True)


@pytest.fixture
def crowd(db):
    return [factories.player().pk for _ in range(PLAYERS)]
