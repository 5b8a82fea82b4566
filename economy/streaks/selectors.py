"""Where a streak stands, what it would pay, and what its days look like."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from casino_club.core import clock
from economy.rewards.models import UserReward
from economy.streaks.models import AttendanceDay, StreakState
from economy.streaks.rules import (
    ATTENDED_SOURCES,
    CLIENT_ACTIONS,
    Action,
    DayState,
    Source,
    Streak,
    claim_key,
    month_of,
    reward_for,
    state_of,
    week_of,
)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day and what it shows."""

    date: date
    state: DayState


@dataclass(frozen=True, slots=True)
class StreakStatus:
    """A streak as of now; `today_reward_*` is what today's claim pays or paid, `next_reward_*` what tomorrow's will."""

    action: Action
    count: int
    longest: int
    claimed_today: bool
    claimable: bool
    today_reward_gold: int
    today_reward_xp: int
    next_reward_gold: int
    next_reward_xp: int
    protections: int
    resets_at: datetime
    week: list[CalendarDay]
    month_total: int


@dataclass(frozen=True, slots=True)
class MonthHistory:
    """Every day of a month; `month_total` counts the attended ones (a protected day is not attended)."""

    year: int
    month: int
    days: list[CalendarDay]
    month_total: int


def streak_of(state: StreakState | None) -> Streak:
    """The stored run as the rules see it."""
    return Streak(state.count, state.longest, state.last_date) if state else Streak()


def state_for(player_id: int, action: Action) -> StreakState | None:
    """The stored run, if the player ever ticked."""
    return StreakState.objects.filter(player_id=player_id, action=action).first()


def covered_days_until(player_id: int, action: Action, day: date) -> Iterator[tuple[date, Source]]:
    """The days that count, from `day` backwards."""
    rows = AttendanceDay.objects.filter(player_id=player_id, action=action, date__lte=day).order_by("-date")
    for covered, source in rows.values_list("date", "source").iterator(chunk_size=100):
        yield covered, Source(source)


def status(user_id: int, action: Action, now: datetime) -> StreakStatus:
    """The streak, this week (Sunday to Saturday) and this month's total."""
    today = clock.game_date(now)
    week, month = week_of(today), month_of(today.year, today.month)
    stored = state_for(user_id, action)
    streak = streak_of(stored)
    sources = _sources(user_id, action, min(week[0], month[0]), max(week[-1], month[-1]))
    claimed = _claimed(user_id, action, week)
    ticked = today in sources
    todays_count = streak.count if ticked else streak.alive_on(today) + 1
    today_reward, next_reward = reward_for(todays_count), reward_for(todays_count + 1)
    return StreakStatus(
        action=action,
        count=streak.alive_on(today),
        longest=streak.longest,
        claimed_today=today in claimed,
        claimable=today not in claimed and (ticked or action in CLIENT_ACTIONS),
        today_reward_gold=today_reward.gold,
        today_reward_xp=today_reward.xp,
        next_reward_gold=next_reward.gold,
        next_reward_xp=next_reward.xp,
        protections=stored.protections if stored else 0,
        resets_at=clock.next_reset(now),
        week=_calendar(week, today, sources, claimed),
        month_total=_attended(month, sources),
    )


def history(user_id: int, action: Action, *, year: int, month: int, now: datetime) -> MonthHistory:
    """Every day of a month."""
    days = month_of(year, month)
    sources = _sources(user_id, action, days[0], days[-1])
    calendar = _calendar(days, clock.game_date(now), sources, _claimed(user_id, action, days))
    return MonthHistory(year, month, calendar, _attended(days, sources))


def _sources(user_id: int, action: Action, first: date, last: date) -> dict[date, Source]:
    rows = AttendanceDay.objects.filter(player_id=user_id, action=action, date__range=(first, last))
    return {day: Source(source) for day, source in rows.values_list("date", "source")}


def _claimed(user_id: int, action: Action, days: list[date]) -> set[date]:
    by_key = {claim_key(user_id, action, day): day for day in days}
    keys = UserReward.objects.filter(idempotency_key__in=by_key).values_list("idempotency_key", flat=True)
    return {by_key[key] for key in keys}


def _calendar(days: list[date], today: date, sources: dict[date, Source], claimed: set[date]) -> list[CalendarDay]:
    return [CalendarDay(day, state_of(day, today=today, source=sources.get(day), claimed=claimed)) for day in days]


def _attended(days: Iterable[date], sources: dict[date, Source]) -> int:
    return sum(sources.get(day) in ATTENDED_SOURCES for day in days)
