"""Rewards, runs and calendars as pure functions."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from economy.streaks.rules import (
    DayState,
    Source,
    Streak,
    claim_key,
    month_of,
    reward_for,
    run_until,
    state_of,
    week_of,
)

MONDAY = date(2031, 1, 6)


@pytest.mark.parametrize(
    ("count", "gold", "xp"), [(0, 1000, 50), (1, 1123, 55), (3, 1315, 63), (7, 1551, 73), (14, 1722, 83)]
)
def test_streak_reward_is_the_published_one(count, gold, xp):
    reward = reward_for(count)

    assert (reward.gold, reward.xp) == (gold, xp)


def test_the_reward_grows_towards_its_limit_and_never_falls():
    rewards = [reward_for(count) for count in range(4000)]

    assert all(a.gold <= b.gold and a.xp <= b.xp for a, b in zip(rewards, rewards[1:], strict=False))
    assert (rewards[-1].gold, rewards[-1].xp) == (1800, 90)
    assert all(type(reward.gold) is int and type(reward.xp) is int for reward in rewards)


def test_the_claims_key_is_the_published_one():
    assert claim_key(7, "DAILY_LOGIN", MONDAY) == "streak:7:DAILY_LOGIN:2031-01-06"


@given(st.sets(st.integers(0, 40), min_size=1))
def test_ticking_day_by_day_counts_the_run_that_the_set_of_days_shows(offsets):
    streak, days = Streak(), []
    for offset in sorted(offsets):
        day = MONDAY + timedelta(days=offset)
        streak = streak.ticked(day, protectable=False)
        days.insert(0, (day, Source.TICK))

        assert streak.count == run_until(day, days)
        assert streak.last_date == day
    runs = [run_until(day, days[position:]) for position, (day, _) in enumerate(days)]
    assert streak.longest == max(runs)


def test_a_streak_stands_on_its_day_and_the_next_and_then_ends():
    streak = Streak(count=5, longest=9, last_date=MONDAY)

    assert [streak.alive_on(MONDAY + timedelta(days=n)) for n in (0, 1, 2)] == [5, 5, 0]
    assert streak.ticked(MONDAY + timedelta(days=2), protectable=False).count == 1
    assert streak.ticked(MONDAY + timedelta(days=2), protectable=False).longest == 9
    assert Streak().alive_on(MONDAY) == 0


def test_a_protected_day_keeps_a_run_without_being_a_day_of_it():
    days = [
        (MONDAY, Source.TICK),
        (MONDAY - timedelta(days=1), Source.PROTECTED),
        (MONDAY - timedelta(days=2), Source.REPAIRED),
        (MONDAY - timedelta(days=4), Source.TICK),
    ]

    assert run_until(MONDAY, days) == 2
    assert run_until(MONDAY + timedelta(days=1), days) == 0


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_a_week_runs_from_sunday_to_saturday(day):
    week = week_of(day)

    assert day in week
    assert [one.isoweekday() for one in week] == [7, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(("year", "month", "length"), [(2028, 2, 29), (2031, 2, 28), (2031, 12, 31), (2031, 4, 30)])
def test_a_month_has_all_its_days(year, month, length):
    days = month_of(year, month)

    assert [day.day for day in days] == list(range(1, length + 1))
    assert {(day.year, day.month) for day in days} == {(year, month)}


@pytest.mark.parametrize(
    ("offset", "source", "claimed", "state"),
    [
        (0, None, False, DayState.TODAY),
        (0, Source.TICK, False, DayState.ATTENDED),
        (0, Source.TICK, True, DayState.CLAIMED),
        (-1, None, False, DayState.MISSED),
        (-1, Source.PROTECTED, False, DayState.PROTECTED),
        (-1, Source.REPAIRED, False, DayState.REPAIRED),
        (1, None, False, DayState.FUTURE),
    ],
)
def test_what_a_day_shows(offset, source, claimed, state):
    day = MONDAY + timedelta(days=offset)

    assert state_of(day, today=MONDAY, source=source, claimed={day} if claimed else set()) == state
