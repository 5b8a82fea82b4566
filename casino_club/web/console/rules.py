"""The spans that charts show, and how a figure of today compares with the days before it. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from casino_club.core import clock
from economy.ledger.rules import HOUR, hour_of

DAYS_BEFORE = 7
DEFAULT_SPAN = "day"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time up to now, in hours or game days."""

    code: str
    unit: Literal["hour", "day"]
    count: int

    def starts(self, now: datetime) -> list[datetime]:
        """When each bucket begins, the one under way last."""
        if self.unit == "hour":
            last = hour_of(now)
            return [last - back * HOUR for back in range(self.count - 1, -1, -1)]
        today = clock.game_date(now)
        days = [today - timedelta(days=back) for back in range(self.count - 1, -1, -1)]
        return [clock.game_day_start(day) for day in days]

    def start_of(self, hour: datetime) -> datetime:
        """When the bucket begins that an hour belongs to: an hour is of the game day in which it begins."""
        return hour if self.unit == "hour" else clock.game_day_start(clock.game_date(hour))


SPANS = {span.code: span for span in (Span("day", "hour", 24), Span("week", "day", 7), Span("month", "day", 30))}


@dataclass(frozen=True, slots=True)
class Moved:
    """What all players together moved of one asset for one reason in the hour that begins at `hour`."""

    hour: datetime
    asset: str
    reason: str
    units: int
    amount: int


@dataclass(frozen=True, slots=True)
class Trend:
    """A figure of the game day so far. The rest is of its whole hours alone, so that like is compared with like:
    today's, yesterday's, and the mean of the seven days before today; `through` is where those hours end.
    """

    today: int
    closed: int
    yesterday: int
    usual: int
    through: datetime

    @property
    def to_yesterday(self) -> int | None:
        return change(self.closed, self.yesterday)

    @property
    def to_usual(self) -> int | None:
        return change(self.closed, self.usual)


def change(value: int, base: int) -> int | None:
    """How much more than `base`, in whole percent; None where there is nothing to compare with."""
    return round((value - base) * 100 / abs(base)) if base else None


def trend_of(rows: Sequence[Moved], measure: Callable[[Moved], int], *, now: datetime) -> Trend:
    """The trend of a measure of what moved by the hour, from seven game days before today on."""
    today = clock.game_date(now)
    through = max(hour_of(now), clock.game_day_start(today))
    elapsed = through - clock.game_day_start(today)
    so_far, closed = 0, [0] * (DAYS_BEFORE + 1)
    for row in rows:
        value = measure(row)
        if not value:
            continue
        day = clock.game_date(row.hour)
        back = (today - day).days
        if back == 0:
            so_far += value
        if 0 <= back <= DAYS_BEFORE and row.hour - clock.game_day_start(day) < elapsed:
            closed[back] += value
    usual = round(sum(closed[1:]) / DAYS_BEFORE)
    return Trend(so_far, closed[0], closed[1], usual, through.astimezone(UTC))
