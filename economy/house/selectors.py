"""What moved in the whole house, at the cost of its last hours: hours that are over are folded, newer ones summed."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from django.db import connection

from economy.house.models import HouseHour
from economy.ledger.rules import HOUR, Asset, Sum, Window, hour_of

BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)
AFTER_ALL = datetime(2100, 1, 1, tzinfo=UTC)

# The two parts never overlap, whatever is folded meanwhile: both are cut at the hour that was read before.
_HOURS = """
    SELECT hour, asset, reason, entries, units, amount FROM economy_househour
     WHERE hour >= %(first)s AND hour < %(last)s AND hour <= %(folded)s
     UNION ALL
    SELECT hour, asset, reason, entries, units, amount FROM economy_tally
     WHERE hour >= %(first)s AND hour < %(last)s AND hour > %(folded)s
"""
_TOTALS = f"""
    SELECT asset, reason, sum(entries)::bigint, sum(units)::bigint, sum(amount) FROM ({_HOURS}) AS h
     GROUP BY asset, reason
"""  # noqa: S608 - a constant
_BY_HOUR = f"""
    SELECT hour, asset, reason, sum(entries)::bigint, sum(units)::bigint, sum(amount) FROM ({_HOURS}) AS h
     WHERE asset = %(asset)s AND reason = ANY(%(reasons)s) GROUP BY hour, asset, reason
"""  # noqa: S608 - a constant
# The part of an hour, by the players who moved anything in that hour: each is one range of `entry_player_time`.
_EDGE = """
    SELECT e.asset, e.reason, count(*), sum(e.units)::bigint, sum(e.amount)
      FROM (SELECT DISTINCT player_id FROM economy_tally WHERE hour = %(hour)s) AS p
      JOIN economy_entry AS e ON e.player_id = p.player_id
           AND e.created_at >= %(start)s AND e.created_at < %(end)s
     GROUP BY e.asset, e.reason
"""

Moved = Mapping[tuple[Asset, str], Sum]


def folded_until() -> datetime:
    """The last hour that is folded; every later one is still read from the players' tallies."""
    return HouseHour.objects.order_by("-hour").values_list("hour", flat=True).first() or BEFORE_ALL


def moved(window: Window | None = None) -> Moved:
    """What moved within a window (or ever) by asset and reason, exact to the microsecond."""
    if window is None:
        return _sums(_TOTALS, first=BEFORE_ALL, last=AFTER_ALL, folded=folded_until())
    parts = window.parts()
    found = dict(_sums(_TOTALS, first=parts.first_hour, last=parts.last_hour, folded=folded_until()))
    for start, end in ((parts.head_start, parts.head_end), (parts.tail_start, parts.tail_end)):
        if start < end:
            _add(found, _edge(start, end))
    return found


def since(start: datetime) -> Moved:
    """What has moved from a moment on, the running hour included."""
    first = hour_of(start)
    found: dict[tuple[Asset, str], Sum] = {}
    if first < start:
        first += HOUR
        _add(found, _edge(start, first))
    _add(found, _sums(_TOTALS, first=first, last=AFTER_ALL, folded=folded_until()))
    return found


def by_hour(asset: Asset, reasons: Collection[str], start: datetime) -> Mapping[tuple[datetime, str], Sum]:
    """What moved of one asset by (hour, reason), from the hour of `start` on."""
    given = {"first": hour_of(start), "last": AFTER_ALL, "folded": folded_until()}
    with connection.cursor() as cursor:
        cursor.execute(_BY_HOUR, {**given, "asset": asset.value, "reasons": list(reasons)})
        return {(hour, reason): Sum(entries, units, int(amount)) for hour, _, reason, entries, units, amount in cursor}


def _edge(start: datetime, end: datetime) -> Moved:
    """What moved within a part of one hour, or of the two hours that a short window touches."""
    found: dict[tuple[Asset, str], Sum] = {}
    hour = hour_of(start)
    while hour < end:
        part = {"hour": hour, "start": max(start, hour), "end": min(end, hour + HOUR)}
        _add(found, _sums(_EDGE, **part))
        hour += HOUR
    return found


def _sums(sql: str, **parameters: datetime) -> Moved:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return {
            (Asset(asset), reason): Sum(entries, units, int(amount)) for asset, reason, entries, units, amount in cursor
        }


def _add(found: dict[tuple[Asset, str], Sum], more: Moved) -> None:
    for key, part in more.items():
        known = found.get(key, Sum())
        found[key] = Sum(known.entries + part.entries, known.units + part.units, known.amount + part.amount)
