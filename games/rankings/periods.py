"""Which period it is, which one a name means, and which are over: game days, weeks from Monday, seasons."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from casino_club.core import clock
from casino_club.core.errors import InvalidInput, NotFound
from casino_club.core.shapes import BIGINT_MAX
from economy.seasons.models import Season
from economy.seasons.selectors import season_at
from games.rankings.rules import Period, Span

DAYS = {Span.DAILY: 1, Span.WEEKLY: 7}
DATE = re.compile(r"2\d{3}-\d{2}-\d{2}")


def current(span: Span, now: datetime) -> Period | None:
    """The period that runs now; None between two seasons."""
    if span is Span.SEASON:
        season = season_at(now)
        return season and _of_season(season)
    return _of_day(span, _first_day(span, clock.game_date(now)))


def named(span: Span, key: str, now: datetime) -> Period:
    """The period that `key` names: a day, a Monday or a season's number.

    Raises InvalidInput for what names no period, NotFound for one that has not begun or never was.
    """
    found = _season_named(key) if span is Span.SEASON else _days_named(span, key)
    if found is None:
        raise InvalidInput({"period": [_("Expected a day, a Monday or the number of a season.")]})
    if found.starts_at > now:
        raise NotFound
    return found


def over_between(span: Span, since: datetime, until: datetime) -> Iterator[Period]:
    """The periods that ended after `since` and at `until` or before, the earliest first."""
    if span is Span.SEASON:
        for season in Season.objects.filter(ends_at__gt=since, ends_at__lte=until).order_by("ends_at"):
            yield _of_season(season)
        return
    found = _of_day(span, _first_day(span, clock.game_date(since)))
    while found.ends_at <= until:
        if found.ends_at > since:
            yield found
        found = _of_day(span, date.fromisoformat(found.key) + timedelta(days=DAYS[span]))


def _first_day(span: Span, day: date) -> date:
    return clock.week_start(day) if span is Span.WEEKLY else day


def _of_day(span: Span, first: date) -> Period:
    last = first + timedelta(days=DAYS[span])
    return Period(span, first.isoformat(), clock.game_day_start(first), clock.game_day_start(last))


def _of_season(season: Season) -> Period:
    return Period(Span.SEASON, str(season.pk), season.starts_at, season.ends_at, season.shown_name)


def _days_named(span: Span, key: str) -> Period | None:
    try:
        first = date.fromisoformat(key) if DATE.fullmatch(key) else None
    except ValueError:
        return None
    return _of_day(span, first) if first and first == _first_day(span, first) else None


def _season_named(key: str) -> Period | None:
    if not (key.isascii() and key.isdigit() and int(key[:20]) <= BIGINT_MAX):
        return None
    season = Season.objects.filter(pk=int(key)).first()
    if season is None:
        raise NotFound
    return _of_season(season)
