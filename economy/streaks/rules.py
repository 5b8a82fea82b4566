"""How days make a streak, what a day's claim pays, and what a day looks like in the week."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from math import exp

from django.utils.translation import gettext_lazy as _

from accounts.inbox.rules import Kind, register

FORMULA = "C_exp_decay_v1"
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


DAY_LABELS = {
    DayState.CLAIMED: _("reward claimed"),
    DayState.ATTENDED: _("attended"),
    DayState.PROTECTED: _("kept by protection"),
    DayState.REPAIRED: _("attended, repaired"),
    DayState.MISSED: _("missed"),
    DayState.TODAY: _("today, not yet"),
    DayState.FUTURE: _("to come"),
}
_STATE_OF_SOURCE = {
    Source.TICK: DayState.ATTENDED,
    Source.PROTECTED: DayState.PROTECTED,
    Source.REPAIRED: DayState.REPAIRED,
}


# --- Protection --------------------------------------------------------------------------------------------------
PROTECTED_ACTIONS = frozenset({Action.DAILY_LOGIN})
PROTECTIONS_MAX = 2
FIRST_PROTECTION_AT = 7
PROTECTION_EVERY = 14


PROTECTION_USED = register(
    Kind(
        "streak.protection_used",
        _("Your streak is safe"),
        _("You missed %(missed_date)s. A protection kept your streak."),
        params=("missed_date",),
        page="streak",
        icon="shield",
    )
)


def earns_protection(count: int) -> bool:
    """Whether reaching `count` earns a protection: at 7, 21, 35, …"""
    return count % PROTECTION_EVERY == FIRST_PROTECTION_AT


def next_protection_at(count: int) -> int:
    """The next count above `count` that earns a protection."""
    return count + 1 + (FIRST_PROTECTION_AT - count - 1) % PROTECTION_EVERY


# --- The run -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Streak:
    """A run of days as of `last_date`, the last that was attended or covered (`None` before the first), and the
    protections held. Everything but `count` after the end of a run follows from the days alone (`streak_from`).
    """

    count: int = 0
    longest: int = 0
    last_date: date | None = None
    held: int = 0

    def alive_on(self, day: date) -> int:
        """The count that stands on `day`: the run's while it ended that day or the day before, otherwise 0."""
        if self.last_date is None or self.last_date < day - ONE_DAY:
            return 0
        return self.count

    def ticked(self, day: date, *, protectable: bool) -> "Streak":
        """The streak after the first tick of `day`, which comes after `last_date`; earns a protection at its counts."""
        count = self.alive_on(day) + 1
        earned = protectable and earns_protection(count)
        return Streak(count, max(self.longest, count), day, min(self.held + earned, PROTECTIONS_MAX))

    def covered(self, day: date) -> "Streak":
        """The streak after a protection was spent on `day`: kept, not grown."""
        return replace(self, count=self.alive_on(day), last_date=day, held=self.held - 1)

    def settled(self, today: date, *, covers_from: date | None) -> "Settled":
        """Judge every day before `today`: misses spend protections, the oldest first, until none is left; then it ends.

        `covers_from` is the first miss that protection may cover; `None` when it is off.
        """
        if self.last_date is None or self.last_date >= today - ONE_DAY:
            return Settled(self, ())
        spent, streak, miss = [], self, self.last_date + ONE_DAY
        if covers_from is not None and covers_from <= miss and self.count:
            while streak.held > 0 and miss < today:
                streak = streak.covered(miss)
                spent.append(miss)
                miss += ONE_DAY
        return Settled(streak if miss == today else replace(streak, count=0), tuple(spent))


@dataclass(frozen=True, slots=True)
class Settled:
    """A streak with every day before today judged, and the missed days that a protection was spent on for it."""

    streak: Streak
    spent: tuple[date, ...]


def streak_from(days: Iterable[tuple[date, Source]], *, protectable: bool) -> Streak:
    """The streak that covered days, in ascending order, amount to."""
    streak = Streak()
    for day, source in days:
        attended = source in ATTENDED_SOURCES
        streak = streak.ticked(day, protectable=protectable) if attended else streak.covered(day)
    return replace(streak, held=max(streak.held, 0))


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


# --- Repair ------------------------------------------------------------------------------------------------------
# Reasons of the ledger by which a day's entries show that the player did the thing that day. For being here, which is
# DAILY_LOGIN, whatever the player paid or a sign-in shows it too.
ACTED_BY: dict[Action, tuple[str, ...]] = {
    Action.DAILY_LOGIN: ("streak.claim", "vip.claim", "mission.claim", "safety_net.grant"),
    Action.SLOT_SPIN: ("slot.bet", "slot.win"),
    Action.CRASH_BET: ("crash.bet",),
    Action.GACHA_PULL: ("gacha.pull",),
}
# Above this share of the active streaks in drift, operators hear of it.
ALERT_ABOVE = 0.01


class RepairAction(StrEnum):
    """What a repair does."""

    ATTENDANCE_ADDED = "attendance_added"
    LOCKS_DROPPED = "locks_dropped"
    COUNTERS_REBUILT = "counters_rebuilt"
    PROTECTIONS_SPENT = "protections_spent"
    STREAKS_ENDED = "streaks_ended"
    SETS_RESTORED = "sets_restored"
    VALUES_RESTORED = "values_restored"


# What should never be needed. A miss is the ordinary course of things, and so is what Redis then has to be told.
DRIFT = (
    RepairAction.ATTENDANCE_ADDED,
    RepairAction.LOCKS_DROPPED,
    RepairAction.COUNTERS_REBUILT,
    RepairAction.SETS_RESTORED,
)
