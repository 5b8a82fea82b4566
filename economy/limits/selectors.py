"""A player's limits and what the game day has used of them, in one statement."""

import json
from datetime import datetime

from django.db import connection

from casino_club.core import clock
from economy.ledger.rules import Account, Asset, Window, reasons_of
from economy.limits.rules import Kind, Limit, Rest, Standing, Used

# Gold against the house: whole hours from the Tally; the edges of a day that begins inside an hour from entries.
# Minutes: from the day's first bet always straight to the first one of a later minute, so never more steps than the
# day has minutes; for a bet nothing is read where no limit asks for them.
_STANDING = """
WITH RECURSIVE limits AS (
    SELECT kind, amount, next_amount, next_at FROM economy_playlimit WHERE player_id = %(player)s
), moved AS (
    SELECT amount FROM economy_tally
     WHERE player_id = %(player)s AND asset = %(gold)s AND reason = ANY(%(house)s)
       AND hour >= %(first_hour)s AND hour < %(last_hour)s
    UNION ALL
    SELECT amount FROM economy_entry
     WHERE player_id = %(player)s AND asset = %(gold)s AND reason = ANY(%(house)s)
       AND created_at >= %(head_start)s AND created_at < %(head_end)s
    UNION ALL
    SELECT amount FROM economy_entry
     WHERE player_id = %(player)s AND asset = %(gold)s AND reason = ANY(%(house)s)
       AND created_at >= %(tail_start)s AND created_at < %(tail_end)s
), minutes (at) AS (
    (SELECT date_trunc('minute', created_at) FROM economy_entry
      WHERE player_id = %(player)s AND created_at >= %(day_start)s AND created_at < %(day_end)s
        AND asset = %(gold)s AND reason = ANY(%(house)s) AND amount < 0
        AND (NOT %(for_bet)s OR EXISTS (SELECT 1 FROM limits WHERE kind = %(minutes)s))
      ORDER BY created_at LIMIT 1)
    UNION ALL
    SELECT (SELECT date_trunc('minute', created_at) FROM economy_entry
             WHERE player_id = %(player)s AND created_at >= minutes.at + interval '1 minute'
               AND created_at < %(day_end)s AND asset = %(gold)s AND reason = ANY(%(house)s) AND amount < 0
             ORDER BY created_at LIMIT 1)
      FROM minutes WHERE minutes.at IS NOT NULL
)
SELECT (SELECT json_agg(json_build_array(kind, amount, next_amount, next_at))::text FROM limits),
       (SELECT json_object_agg(kind, ends_at)::text
          FROM (SELECT kind, max(ends_at) AS ends_at FROM economy_playrest
                 WHERE player_id = %(player)s AND ends_at > %(now)s GROUP BY kind) AS rests),
       (SELECT coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)::bigint FROM moved),
       (SELECT coalesce(sum(amount) FILTER (WHERE amount > 0), 0)::bigint FROM moved),
       (SELECT count(at) FROM minutes),
       EXISTS (SELECT 1 FROM minutes WHERE at = date_trunc('minute', %(now)s::timestamptz))
"""


def standing_of(player_id: int, *, now: datetime, for_bet: bool = False) -> Standing:
    """The limits as they are at `now` and the use of its game day, exact; one statement.

    For a bet the minutes are counted only where the player ever set a limit of minutes.
    """
    start, end = clock.game_day_start(clock.game_date(now)), clock.next_reset(now)
    parts = Window(start, end).parts()
    parameters = {
        "player": player_id,
        "gold": Asset.GOLD.value,
        "house": reasons_of(Account.HOUSE),
        "minutes": Kind.MINUTES.value,
        "for_bet": for_bet,
        "first_hour": parts.first_hour,
        "last_hour": parts.last_hour,
        "head_start": parts.head_start,
        "head_end": parts.head_end,
        "tail_start": parts.tail_start,
        "tail_end": parts.tail_end,
        "day_start": start,
        "day_end": end,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, parameters)
        limits, rests, *used = cursor.fetchone()
    return Standing(
        limits={Kind(kind): _limit(*parts).at(now) for kind, *parts in json.loads(limits or "[]")},
        used=Used(*used),
        rests={Rest(kind): datetime.fromisoformat(ends_at) for kind, ends_at in json.loads(rests or "{}").items()},
    )


def _limit(amount: int | None, next_amount: int | None, next_at: str | None) -> Limit:
    return Limit(amount, next_amount, datetime.fromisoformat(next_at) if next_at else None)
