"""The last months of a streak as operators see them: each day with its mark."""

from dataclasses import dataclass
from datetime import date, datetime

from casino_club.core import clock
from economy.streaks.rules import DAY_LABELS, ONE_DAY, Action, DayState
from economy.streaks.selectors import CalendarDay, history

MONTHS = 4
MARKS = {
    DayState.CLAIMED: "●",
    DayState.ATTENDED: "○",
    DayState.PROTECTED: "◆",
    DayState.REPAIRED: "◇",
    DayState.MISSED: "×",
    DayState.TODAY: "?",
    DayState.FUTURE: "",
}


@dataclass(frozen=True, slots=True)
class Month:
    """A month's days, each with its mark (none before the player signed up), and how many were attended."""

    first: date
    days: list[tuple[CalendarDay, str]]
    total: int


def timeline_of(player, action: Action, *, now: datetime) -> list[Month]:
    """The last months, the latest first; a fixed number of statements a month."""
    first, months = clock.game_date(now).replace(day=1), []
    for _month in range(MONTHS):
        shown = history(player.pk, action, year=first.year, month=first.month, now=now, signed_up_at=player.created_at)
        days = [(day, "" if day.before_signup else MARKS[day.state]) for day in shown.days]
        months.append(Month(first, days, shown.month_total))
        first = (first - ONE_DAY).replace(day=1)
    return months


def legend() -> list[tuple[str, str]]:
    """What the marks mean."""
    return [(mark, DAY_LABELS[state]) for state, mark in MARKS.items() if mark]
