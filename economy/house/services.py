"""Folding: hours that are over become one row an asset and reason, so that figures of the house stay cheap for ever."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from casino_club.core import metrics
from economy.house.selectors import folded_until
from economy.ledger.rules import HOUR, hour_of

SETTLED_AFTER = timedelta(minutes=10)
"""An hour is folded this long after its end: by then the last transaction that began in it has ended."""
AGAIN = timedelta(hours=48)
"""Each night the hours of two days are folded again, in case one was changed by hand."""
HOURS_AT_ONCE = 24
ONE_AT_A_TIME = 0x484F5553  # this job's name among PostgreSQL's advisory locks

_folded = metrics.counter("house_hours_folded_total", "Rows of the house's hours written.")
_duration = metrics.histogram("house_fold_seconds", "How long one fold of the house's hours took.")

# An hour of which nothing is left (a healed Tally) must not keep its old figures.
_CLEAR = """
    DELETE FROM economy_househour AS h WHERE h.hour >= %(first)s AND h.hour < %(last)s
       AND NOT EXISTS (SELECT 1 FROM economy_tally AS t
                        WHERE t.hour = h.hour AND t.asset = h.asset AND t.reason = h.reason)
"""
_FOLD = """
    INSERT INTO economy_househour AS h (hour, asset, reason, entries, units, amount)
    SELECT hour, asset, reason, sum(entries), sum(units), sum(amount) FROM economy_tally
     WHERE hour >= %(first)s AND hour < %(last)s GROUP BY hour, asset, reason
    ON CONFLICT ON CONSTRAINT house_hour_once DO UPDATE
       SET entries = excluded.entries, units = excluded.units, amount = excluded.amount
     WHERE (h.entries, h.units, h.amount) <> (excluded.entries, excluded.units, excluded.amount)
"""


def fold(*, now: datetime, again: bool = False) -> int:
    """Fold every hour that is over and not folded (`again`: those of the last two days as well); the rows written.

    A day of hours is one transaction. Safe to run twice and at once: one waits for the other and finds nothing to do.
    """
    written = 0
    last = hour_of(now - SETTLED_AFTER)
    with _duration.time():
        first = _next_hour(min(folded_until() + HOUR, last - AGAIN if again else last))
        while first is not None and first < last:
            until = min(first + HOURS_AT_ONCE * HOUR, last)
            written += _fold(first, until)
            first = _next_hour(until)
    _folded.inc(written)
    return written


def _next_hour(start: datetime) -> datetime | None:
    """The first hour from `start` on in which anything moved."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(hour) FROM economy_tally WHERE hour >= %s", [start])
        return cursor.fetchone()[0]


def _fold(first: datetime, last: datetime) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        cursor.execute(_CLEAR, {"first": first, "last": last})
        cursor.execute(_FOLD, {"first": first, "last": last})
        return cursor.rowcount
