"""Scores straight from the books: whole hours from the Tally, a period's edges inside an hour from entries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import connection

from economy.ledger.rules import Account, Asset, Window, hour_of, reasons_of
from economy.ledger.selectors import total
from games.rankings.rules import Metric, Period

USERS = get_user_model()._meta.db_table

# Everybody who moved anything that counts, but operators and accounts that are closed.
SCORES = f"""
    SELECT part.player_id, sum(part.amount)::bigint AS score
      FROM (SELECT player_id, amount FROM economy_tally
             WHERE asset = %(asset)s AND reason = ANY(%(reasons)s)
               AND hour >= %(first_hour)s AND hour < %(last_hour)s {{only}}
             UNION ALL
            SELECT e.player_id, e.amount
              FROM (SELECT DISTINCT player_id, reason FROM economy_tally
                     WHERE asset = %(asset)s AND reason = ANY(%(reasons)s) AND hour = ANY(%(edge_hours)s) {{only}}) AS t
              JOIN economy_entry AS e ON e.player_id = t.player_id AND e.asset = %(asset)s AND e.reason = t.reason
                   AND (e.created_at >= %(head_start)s AND e.created_at < %(head_end)s
                        OR e.created_at >= %(tail_start)s AND e.created_at < %(tail_end)s)
           ) AS part
      JOIN {USERS} AS u ON u.id = part.player_id AND u.is_active AND NOT u.is_staff
     GROUP BY part.player_id
"""  # noqa: S608 - constants
_ALL = SCORES.format(only="")
_LATELY = SCORES.format(
    only="AND player_id IN (SELECT player_id FROM economy_tally WHERE hour >= %(since)s AND asset = %(asset)s)"
)


@dataclass(frozen=True, slots=True)
class Counted:
    """What a metric sums: one asset, by reason."""

    asset: Asset
    reasons: list[str]


COUNTED = {
    Metric.NET: Counted(Asset.GOLD, reasons_of(Account.HOUSE)),
    Metric.XP: Counted(Asset.XP, reasons_of(Account.MINT)),
}


def parameters(period: Period, metric: Metric) -> dict[str, object]:
    """What `SCORES` asks for."""
    counted, parts = COUNTED[metric], Window(period.starts_at, period.ends_at).parts()
    edges = [(parts.head_start, parts.head_end), (parts.tail_start, parts.tail_end)]
    return {
        "asset": counted.asset.value,
        "reasons": counted.reasons,
        "first_hour": parts.first_hour,
        "last_hour": parts.last_hour,
        "head_start": parts.head_start,
        "head_end": parts.head_end,
        "tail_start": parts.tail_start,
        "tail_end": parts.tail_end,
        "edge_hours": [hour_of(start) for start, end in edges if start < end],
    }


def of_all(period: Period, metric: Metric) -> Iterator[tuple[int, int]]:
    """(player, score) of everybody on the board, in no order."""
    return _run(_ALL, parameters(period, metric))


def of_players_since(period: Period, metric: Metric, since: datetime) -> Iterator[tuple[int, int]]:
    """(player, score in the whole period) of everybody for whom something moved since the hour of `since`."""
    return _run(_LATELY, parameters(period, metric) | {"since": hour_of(since)})


def of_player(player_id: int, period: Period, metric: Metric) -> int | None:
    """The player's exact score at this moment; None while nothing of theirs counts."""
    counted = COUNTED[metric]
    found = total(player_id, Window(period.starts_at, period.ends_at), counted.asset, counted.reasons)
    return found.amount if found.entries else None


def _run(sql: str, given: dict[str, object]) -> Iterator[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        yield from cursor
