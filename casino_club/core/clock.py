"""The only place that reads the system's clock; everything else is told what time it is."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings


def now() -> datetime:
    """The present moment, aware, in UTC. Doors read it once and pass it down as `now=`."""
    return datetime.now(UTC)


@lru_cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def game_zone() -> ZoneInfo:
    """The time zone whose calendar days are game days (`GAME_TIMEZONE`)."""
    return _zone(settings.GAME_TIMEZONE)


def game_date(now: datetime) -> date:
    """The game day that `now` falls into."""
    return now.astimezone(game_zone()).date()


def game_day_start(day: date) -> datetime:
    """The first moment of a game day, in UTC.

    Where a change of summer time removes midnight, this is the first moment that exists on that day.
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=game_zone())
    return midnight.astimezone(UTC)


def next_reset(now: datetime) -> datetime:
    """When the next game day begins, in UTC."""
    return game_day_start(game_date(now) + timedelta(days=1))


def week_start(day: date) -> date:
    """The Monday of the week that holds `day` (weekly missions and rankings reset there)."""
    return day - timedelta(days=day.weekday())


def from_ms(milliseconds: int) -> datetime:
    """The moment so many milliseconds after 1970, as browsers write moments."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and `Z`, as every API answer writes a moment."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
