"""Rounds are written here: drawn and settled in one act, with their statistics, in one statement."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from casino_club.core import clock
from games.fairness.services import Ticket
from games.rounds import rules
from games.stats.services import COUNT_ROUND

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
    with connection.cursor() as cursor:
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
