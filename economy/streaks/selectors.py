"""Where a streak stands, what it would pay, and what its days look like."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from casino_club.core import clock
from casino_club.core.sql import one
from economy.rewards.models import UserReward
from economy.streaks.models import AttendanceDay, StreakState
from economy.streaks.rules import (
    ATTENDED_SOURCES,
    CLIENT_ACTIONS,
    DAY_LABELS,
    PROTECTED_ACTIONS,
    Action,
    DayState,
    Settled,
    Source,
    Streak,
    claim_key,
    month_of,
    next_protection_at,
    reward_for,
    state_of,
    week_of,
)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day and what it shows; `before_signup` says of a missed one that the player could not have been there."""

    date: date
    state: DayState
    before_signup: bool = False

    @property
    def label(self) -> str:
        """The state in words."""
        return DAY_LABELS[self.state]


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


@dataclass(frozen=True, slots=True)
class Protection:
    """What keeps the daily streak over a missed day; `used` are the days it was spent on, the latest first."""

    enabled: bool
    held: int
    next_at_count: int
    used: list[date]


def streak_of(state: StreakState | None) -> Streak:
    """The stored run as the rules see it."""
    return Streak(state.count, state.longest, state.last_date, state.protections) if state else Streak()


def settled_of(state: StreakState | None, today: date) -> Settled:
    """The stored run with every day before `today` judged, as the next tick or the repair will put it down."""
    return streak_of(state).settled(today, covers_from=_covers_from(state) if state else None)


def state_for(player_id: int, action: Action) -> StreakState | None:
    """The stored run, if the player ever ticked."""
    return StreakState.objects.filter(player_id=player_id, action=action).first()


# A condition for statements of others: whether the day %(day)s was attended by `player` for %(action)s.
ATTENDED = f"""EXISTS (SELECT 1 FROM {AttendanceDay._meta.db_table} AS d
            WHERE d.player_id = {{player}} AND d.action = %(action)s AND d.date = %(day)s
              AND d.source IN ({", ".join(f"'{source.value}'" for source in sorted(ATTENDED_SOURCES))}))"""  # noqa: S608

# Ticks ask it: written out, because building it anew costs more than asking it.
_STATE = [field.attname for field in StreakState._meta.concrete_fields]
_STATE_ON = f"""
    SELECT {", ".join(f's."{name}"' for name in _STATE)},
           {ATTENDED.format(player="s.player_id")}
      FROM {StreakState._meta.db_table} AS s WHERE s.player_id = %(player)s AND s.action = %(action)s
"""  # noqa: S608 - the models' own names


def state_on(player_id: int, action: Action, day: date) -> StreakState | None:
    """The stored run, saying in `.attended` whether `day` was attended; one statement."""
    row = one(_STATE_ON, {"player": player_id, "action": action.value, "day": day})
    if row is None:
        return None
    state = StreakState.from_db(connection.alias, _STATE, row[:-1])
    state.attended = row[-1]
    return state


def covered_days_until(player_id: int, action: Action, day: date) -> Iterator[tuple[date, Source]]:
    """The days that count, from `day` backwards."""
    rows = AttendanceDay.objects.filter(player_id=player_id, action=action, date__lte=day).order_by("-date")
    for covered, source in rows.values_list("date", "source").iterator(chunk_size=100):
        yield covered, Source(source)


def covered_days(player_id: int, action: Action) -> list[tuple[date, Source]]:
    """All the days that count, from the first on."""
    rows = AttendanceDay.objects.filter(player_id=player_id, action=action).order_by("date")
    return [(covered, Source(source)) for covered, source in rows.values_list("date", "source")]


def status(user_id: int, action: Action, now: datetime, *, signed_up_at: datetime | None = None) -> StreakStatus:
    """The streak, this week (Sunday to Saturday) and this month's total, true also before any repair ran."""
    today = clock.game_date(now)
    week, month = week_of(today), month_of(today.year, today.month)
    settled = settled_of(state_for(user_id, action), today)
    streak = settled.streak
    sources = _sources(user_id, action, min(week[0], month[0]), max(week[-1], month[-1]), settled)
    claimed = _claimed(user_id, action, week)
    ticked = sources.get(today) in ATTENDED_SOURCES
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
        protections=streak.held,
        resets_at=clock.next_reset(now),
        week=_calendar(week, today, sources, claimed, signed_up_at),
        month_total=_attended(month, sources),
    )


def history(
    user_id: int, action: Action, *, year: int, month: int, now: datetime, signed_up_at: datetime | None = None
) -> MonthHistory:
    """Every day of a month."""
    days, today = month_of(year, month), clock.game_date(now)
    settled = settled_of(state_for(user_id, action), today)
    sources = _sources(user_id, action, days[0], days[-1], settled)
    calendar = _calendar(days, today, sources, _claimed(user_id, action, days), signed_up_at)
    return MonthHistory(year, month, calendar, _attended(days, sources))


def protection(user_id: int, now: datetime) -> Protection:
    """The protection of the daily streak, true also before any repair ran."""
    today, action = clock.game_date(now), Action.DAILY_LOGIN
    state = state_for(user_id, action)
    settled = settled_of(state, today)
    used = AttendanceDay.objects.filter(player_id=user_id, action=action, source=Source.PROTECTED).order_by("-date")
    return Protection(
        enabled=state.protection_enabled if state else True,
        held=settled.streak.held,
        next_at_count=next_protection_at(settled.streak.alive_on(today)),
        used=[*reversed(settled.spent), *used.values_list("date", flat=True)],
    )


def _covers_from(state: StreakState) -> date | None:
    if state.action not in PROTECTED_ACTIONS or not state.protection_enabled:
        return None
    return state.protection_since or date.min


def _sources(user_id: int, action: Action, first: date, last: date, settled: Settled) -> dict[date, Source]:
    """Why each covered day counts, those included that only the settling covers."""
    rows = AttendanceDay.objects.filter(player_id=user_id, action=action, date__range=(first, last))
    known = {day: Source(source) for day, source in rows.values_list("date", "source")}
    return dict.fromkeys(settled.spent, Source.PROTECTED) | known


def _claimed(user_id: int, action: Action, days: list[date]) -> set[date]:
    by_key = {claim_key(user_id, action, day): day for day in days}
    keys = UserReward.objects.filter(idempotency_key__in=by_key).values_list("idempotency_key", flat=True)
    return {by_key[key] for key in keys}


def _calendar(
    days: list[date], today: date, sources: dict[date, Source], claimed: set[date], signed_up_at: datetime | None
) -> list[CalendarDay]:
    first = clock.game_date(signed_up_at) if signed_up_at else date.min
    states = {day: state_of(day, today=today, source=sources.get(day), claimed=claimed) for day in days}
    return [CalendarDay(day, state, state == DayState.MISSED and day < first) for day, state in states.items()]


def _attended(days: Iterable[date], sources: dict[date, Source]) -> int:
    return sum(sources.get(day) in ATTENDED_SOURCES for day in days)
