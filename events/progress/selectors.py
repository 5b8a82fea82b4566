"""What moved within windows of time, for one player or many: one statement however many windows there are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from economy.ledger.rules import Asset, Sum, Window, sum_of
from events.progress.rules import METRICS, reads_of

_SUMS = """
    SELECT r.position, m.asset, m.reason, sum(m.entries)::bigint, sum(m.units)::bigint, sum(m.amount)
      FROM unnest(%(players)s::bigint[], %(starts)s::timestamptz[], %(ends)s::timestamptz[], %(whole)s::boolean[])
           WITH ORDINALITY AS r (player_id, starts_at, ends_at, whole, position)
     CROSS JOIN LATERAL (
           SELECT t.asset, t.reason, t.entries, t.units, t.amount
             FROM unnest(%(assets)s::text[], %(reasons)s::text[]) AS read (asset, reason)
             JOIN economy_tally AS t ON t.player_id = r.player_id AND t.asset = read.asset AND t.reason = read.reason
                  AND t.hour >= r.starts_at AND t.hour < r.ends_at
            WHERE r.whole
           UNION ALL
           SELECT e.asset, e.reason, 1, e.units, e.amount
             FROM economy_entry AS e
             JOIN unnest(%(assets)s::text[], %(reasons)s::text[]) AS read (asset, reason) USING (asset, reason)
            WHERE NOT r.whole AND e.player_id = r.player_id
                  AND e.created_at >= r.starts_at AND e.created_at < r.ends_at
           ) AS m
     GROUP BY r.position, m.asset, m.reason
"""

INSTANT = timedelta(microseconds=1)
Moved = dict[tuple[Asset, str], Sum]


@dataclass(frozen=True, slots=True)
class Span:
    """A player's window of time and the metrics asked of it."""

    player_id: int
    window: Window
    metrics: tuple[str, ...]

    @classmethod
    def so_far(
        cls, player_id: int, since: datetime, until: datetime, metrics: tuple[str, ...], now: datetime
    ) -> "Span":
        """From `since` to `until` (not included), but not beyond `now` (included)."""
        return cls(player_id, Window(since, min(until, now + INSTANT)), metrics)


@dataclass(frozen=True, slots=True)
class _Range:
    """A part of a window: whole hours, read from the Tally, or an edge, read from entries."""

    player_id: int
    starts_at: datetime
    ends_at: datetime
    whole: bool


def values_of(spans: Sequence[Span]) -> list[dict[str, int]]:
    """For each span, the value of each of its derived metrics; exact to the microsecond. One statement.

    Windows overlap a lot (every live event ends "now"), so each distinct part of them is summed once.
    """
    parts = [_ranges(span) for span in spans]
    metrics = {name for span in spans for name in span.metrics}
    sums = _sums(list(dict.fromkeys(part for ranges in parts for part in ranges)), reads_of(metrics))
    return [_values(span.metrics, [sums[part] for part in ranges]) for span, ranges in zip(spans, parts, strict=True)]


def _values(metrics: tuple[str, ...], parts: list[Moved]) -> dict[str, int]:
    keys = {key for part in parts for key in part}
    moved = {key: sum_of(part[key] for part in parts if key in part) for key in keys}
    return {name: METRICS[name].of(moved) for name in metrics}


def _ranges(span: Span) -> list[_Range]:
    parts = span.window.parts()
    ranges = [
        _Range(span.player_id, parts.head_start, parts.head_end, whole=False),
        _Range(span.player_id, parts.first_hour, parts.last_hour, whole=True),
        _Range(span.player_id, parts.tail_start, parts.tail_end, whole=False),
    ]
    return [part for part in ranges if part.starts_at < part.ends_at]


def _sums(ranges: Sequence[_Range], reads: Collection[tuple[Asset, str]]) -> dict[_Range, Moved]:
    found: dict[_Range, Moved] = {part: {} for part in ranges}
    if not ranges or not reads:
        return found
    pairs = sorted(reads)
    parameters = {
        "players": [part.player_id for part in ranges],
        "starts": [part.starts_at for part in ranges],
        "ends": [part.ends_at for part in ranges],
        "whole": [part.whole for part in ranges],
        "assets": [asset.value for asset, _ in pairs],
        "reasons": [reason for _, reason in pairs],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, parameters)
        for position, asset, reason, entries, units, amount in cursor:
            found[ranges[position - 1]][Asset(asset), reason] = Sum(entries, units, int(amount))
    return found
