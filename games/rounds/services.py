"""Rounds are written here: settled as soon as they are drawn, or opened now and settled later; one statement each."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from casino_club.core import clock
from games.fairness.services import Ticket
from games.rounds import rules
from games.rounds.models import Round
from games.stats.services import COUNT_ROUND, update_latency

_RECORD = f"""
WITH played AS (
    INSERT INTO games_round
        (player_id, game, status, bet, win, multiplier, odds_version, seed_pair_id, nonce, outcome, created_at,
         settled_at)
    VALUES (%(player)s, %(game)s, 'settled', %(bet)s, %(win)s, %(multiplier)s, %(odds_version)s, %(seed_pair)s,
            %(nonce)s, %(outcome)s, %(now)s, %(now)s)
    RETURNING id
),
{COUNT_ROUND}
SELECT played.id, counted_day.rounds FROM played, counted_day
"""  # noqa: S608 - two constants

# It starts in the database's clock, to the whole millisecond that players are told, and as late as can be: after every
# lock of its transaction.
_OPEN = """
INSERT INTO games_round
    (player_id, game, status, bet, win, multiplier, odds_version, seed_pair_id, nonce, outcome, created_at, due_at)
SELECT %(player)s, %(game)s, 'open', %(bet)s, 0, 0, %(odds_version)s, %(seed_pair)s, %(nonce)s, %(outcome)s, start.at,
       start.at + %(lasts_ms)s * interval '1 millisecond'
  FROM date_trunc('milliseconds', clock_timestamp()) AS start (at)
ON CONFLICT (player_id) WHERE status = 'open' DO NOTHING
RETURNING id, created_at
"""

_SETTLE = f"""
WITH played AS (
    UPDATE games_round
       SET status = 'settled', win = %(win)s, multiplier = %(multiplier)s, outcome = %(outcome)s, settled_at = %(now)s
     WHERE id = %(round)s AND status = 'open'
    RETURNING id
),
{COUNT_ROUND}
SELECT played.id FROM played, counted, counted_day
"""  # noqa: S608 - two constants


@dataclass(frozen=True)
class Recorded:
    """The round's id, its multiplier in hundredths, and whether it is the player's first in this game today."""

    round_id: int
    multiplier: int
    first_today: bool


def record_settled(
    *,
    player_id: int,
    game: str,
    bet: int,
    stake: int,
    win: int,
    odds_version: str,
    ticket: Ticket,
    outcome: dict,
    now: datetime,
) -> Recorded:
    """Write a round that is over as soon as it is drawn, and count it. The caller holds the wallet's lock and posts.

    `bet` is the gold wagered (0 when free), `stake` what the win is measured against.
    """
    multiplier = rules.multiplier_of(stake, win)
    with update_latency.time(), connection.cursor() as cursor:
        cursor.execute(
            _RECORD,
            {
                "player": player_id,
                "game": game,
                "bet": bet,
                "win": win,
                "multiplier": multiplier,
                "odds_version": odds_version,
                "seed_pair": ticket.seed_pair_id,
                "nonce": ticket.nonce,
                "outcome": json.dumps(outcome, separators=(",", ":")),
                "now": now,
                "date": clock.game_date(now),
                "paid": int(bet > 0),
                "won": int(rules.is_win(bet, win)),
                "lost": int(rules.is_loss(bet, win)),
            },
        )
        round_id, rounds_today = cursor.fetchone()
    return Recorded(round_id, multiplier, first_today=rounds_today == 1)


def open_round(
    *, player_id: int, game: str, bet: int, odds_version: str, ticket: Ticket, outcome: dict, lasts_ms: int
) -> tuple[int, datetime] | None:
    """Begin a round that ends by itself after `lasts_ms`: its id and its start. None while the player has one open."""
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN,
            {
                "player": player_id,
                "game": game,
                "bet": bet,
                "odds_version": odds_version,
                "seed_pair": ticket.seed_pair_id,
                "nonce": ticket.nonce,
                "outcome": json.dumps(outcome, separators=(",", ":")),
                "lasts_ms": lasts_ms,
            },
        )
        return cursor.fetchone()


def settle(ended: Round) -> None:
    """Write the end of a round that was open, as it stands in `ended`, and count it.

    The caller holds the wallet's lock, has seen the round open since, and posts.
    """
    with update_latency.time(), connection.cursor() as cursor:
        cursor.execute(
            _SETTLE,
            {
                "round": ended.pk,
                "player": ended.player_id,
                "game": ended.game,
                "bet": ended.bet,
                "win": ended.win,
                "multiplier": ended.multiplier,
                "outcome": json.dumps(ended.outcome, separators=(",", ":")),
                "now": ended.settled_at,
                "date": clock.game_date(ended.settled_at),
                "paid": int(ended.bet > 0),
                "won": int(rules.is_win(ended.bet, ended.win)),
                "lost": int(rules.is_loss(ended.bet, ended.win)),
            },
        )
        if cursor.fetchone() is None:
            raise RuntimeError(f"Round {ended.pk} was settled without its player's wallet being locked.")
