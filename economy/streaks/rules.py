"""How days make a streak, what a day's claim pays, and what a day looks like in the week."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import exp

from django.utils.translation import gettext_lazy as _

FORMULA = "C_exp_decay_v1"
PROTECTIONS_MAX = 2
ONE_DAY = timedelta(days=1)


class Action(StrEnum):
    """What a streak counts."""

    DAILY_LOGIN = "DAILY_LOGIN"
    SLOT_SPIN = "SLOT_SPIN"
    CRASH_BET = "CRASH_BET"
    GACHA_PULL = "GACHA_PULL"


ACTION_LABELS = {
    Action.DAILY_LOGIN: _("Attendance"),
    Action.SLOT_SPIN: _("Slot spin"),
    Action.CRASH_BET: _("Crash bet"),
    Action.GACHA_PULL: _("Gacha pull"),
}
# The others are ticked by the server, when the player does the thing.
CLIENT_ACTIONS = frozenset({Action.DAILY_LOGIN})


class Source(StrEnum):
    """Why a day counts."""

    TICK = "tick"
    PROTECTED = "protected"
    REPAIRED = "repaired"


SOURCE_LABELS = {
    Source.TICK: _("Attended"),
    Source.PROTECTED: _("Protected"),
    Source.REPAIRED: _("Repaired"),
}
# A protected day keeps a streak alive but is not a day of it.
ATTENDED_SOURCES = frozenset({Source.TICK, Source.REPAIRED})


class DayState(StrEnum):
    """What a day of the calendar shows."""

    CLAIMED = "claimed"
    ATTENDED = "attended"
    PROTECTED = "protected"
    REPAIRED = "repaired"
    MISSED = "missed"
    TODAY = "today"
    FUTURE = "future"


_STATE_OF_SOURCE = {
    Source.TICK: DayState.ATTENDED,
    Source.PROTECTED: DayState.PROTECTED,
    Source.REPAIRED: DayState.REPAIRED,
}


# --- The run -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Streak:
    """A run of days as of `last_date`; `None` before the first."""

    count: int = 0
    longest: int = 0
    last_date: date | None = None

    def alive_on(self, day: date) -> int:
        """The count that stands on `day`: the run's while it ended that day or the day before, otherwise 0."""
        if self.last_date is None or self.last_date < day - ONE_DAY:
            return 0
        return self.count

    def ticked(self, day: date) -> "Streak":
        """The streak after the first tick of `day`, which comes after `last_date`."""
        count = self.alive_on(day) + 1
        return Streak(count, max(self.longest, count), day)


def run_until(day: date, days: Iterable[tuple[date, Source]]) -> int:
    """The count of the run that ends on `day`, from covered days in descending order starting at `day`."""
    count, expected = 0, day
    for covered, source in days:
        if covered != expected:
            break
        count += source in ATTENDED_SOURCES
        expected -= ONE_DAY
    return count


# --- What a claim pays -------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ClaimReward:
    """Whole gold and whole XP."""

    gold: int
    xp: int


def reward_for(count: int) -> ClaimReward:
    """The day's reward at a streak of `count`: gold 1000 + 800·(1 − e^(−n/6)), XP 50 + 40·(1 − e^(−n/8)).

    The only floating-point numbers of the economy: e^x is correct to the last bits of a double and no n brings either
    sum within a thousandth of a half, so rounding to the nearest whole number is the same on every machine.
    """
    return ClaimReward(
        gold=round(1000 + 800 * (1 - exp(-count / 6))),
        xp=round(50 + 40 * (1 - exp(-count / 8))),
    )


def claim_key(player_id: int, action: Action, day: date) -> str:
    """The idempotency key of a day's claim."""
    return f"streak:{player_id}:{action}:{day.isoformat()}"


# --- The calendar ------------------------------------------------------------------------------------------------
def week_of(day: date) -> list[date]:
    """The seven days, Sunday to Saturday, that hold `day`."""
    sunday = day - timedelta(days=day.isoweekday() % 7)
    return [sunday + timedelta(days=offset) for offset in range(7)]


def month_of(year: int, month: int) -> list[date]:
    """Every day of a month."""
    first = date(year, month, 1)
    return [day for day in (first + timedelta(days=offset) for offset in range(31)) if day.month == month]


def state_of(day: date, *, today: date, source: Source | None, claimed: Collection[date]) -> DayState:
    """What `day` shows, seen from `today`."""
    if day in claimed:
        return DayState.CLAIMED
    if source is not None:
        return _STATE_OF_SOURCE[source]
    if day == today:
        return DayState.TODAY
    return DayState.FUTURE if day > today else DayState.MISSED
