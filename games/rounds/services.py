"""Rounds are written here: settled as soon as they are drawn, or opened now and settled later; one statement each."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError

from casino_club.core import clock, metrics
from casino_club.core.idempotency import KEPT_FOR, Act, IdempotencyKeyReused, Stored
from casino_club.core.sql import one, whole
from economy.ledger import services as ledger
from games.fairness.rules import Ticket
from games.rounds import rules
from games.rounds.drafts import Once
from games.rounds.models import Round
from games.rounds.selectors import Table
from games.stats.services import COUNT_ROUND, update_latency

_opened = metrics.counter("game_rounds_opened_total", "Rounds that ended later than they began.", ["game"])
_settled = metrics.counter("game_rounds_total", "Rounds that are over, by what they paid.", ["game", "result"])

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

_OPEN = """
SELECT verdict, round_id, started_at, balance, status, body
  FROM games_open_round(
       %(player)s::bigint, %(game)s::text, %(bet)s::bigint, %(xp)s::bigint, %(odds_version)s::text,
       %(seed_pair)s::bigint, %(nonce)s::bigint, %(outcome)s::jsonb, %(lasts_ms)s::integer, %(limited)s::boolean,
       %(now)s::timestamptz, %(key)s::text, %(mark)s::text, %(answer)s::text, %(forgotten)s::timestamptz)
"""

OPENED, ANSWERED, REUSED, STALE = "opened", "answered", "reused", "stale"
KEY_TAKEN = "CL422"

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
    with update_latency.time():
        round_id, rounds_today = one(
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
    _count(game, bet, win)
    return Recorded(round_id, multiplier, first_today=rounds_today == 1)


@dataclass(frozen=True, slots=True)
class Opened:
    """A round in the air: its id, its start by the database's clock, the gold left, and the answer stored for its act.

    Of a repeat there is the answer alone.
    """

    ticket: Ticket
    round_id: int | None
    started_at: datetime | None
    balance: int | None
    stored: Stored | None

    @classmethod
    def again(cls, table: Table, act: Act) -> "Opened":
        """What a repeat gets. Raises IdempotencyKeyReused when it asks for something else."""
        if table.mark != act.mark:
            raise IdempotencyKeyReused
        return cls(table.ticket, None, None, None, table.stored)


def open_round(
    *,
    table: Table,
    game: str,
    bet: int,
    odds_version: str,
    outcome: dict,
    lasts_ms: int,
    once: Once | None,
    now: datetime,
) -> Opened | None:
    """Take the table's ticket for a paid round that ends by itself after `lasts_ms`, post its bet and store its answer,
    in one statement. A repeat gives the stored answer.

    None, and nothing changed, when the table is no longer as it was read. Whoever holds the wallet's lock since before
    reading it has looked at the player's limits. Raises InsufficientGold, IdempotencyKeyReused, WalletMissing.
    """
    act = once and once.act
    parameters = {
        "player": table.player_id,
        "game": game,
        "bet": bet,
        "xp": rules.xp_for(bet),
        "odds_version": odds_version,
        "seed_pair": table.ticket.seed_pair_id,
        "nonce": table.ticket.nonce,
        "outcome": json.dumps(outcome, separators=(",", ":")),
        "lasts_ms": lasts_ms,
        "limited": table.limited,
        "now": now,
        "key": act and act.key,
        "mark": act and act.mark,
        "answer": once and once.draft_of(table.ticket),
        "forgotten": now - KEPT_FOR,
    }
    with _refusals(), whole():
        verdict, round_id, started_at, balance, status, body = one(_OPEN, parameters)
    if verdict == REUSED:
        raise IdempotencyKeyReused
    if verdict == STALE:
        return None
    if verdict == OPENED:
        metrics.committed(_opened.labels(game), *ledger.booked(f"{game}.bet", "play.xp"))
    stored = act and Stored(status, body.encode(), hit=verdict == ANSWERED)
    return Opened(table.ticket, round_id, started_at, balance, stored)


def settle(ended: Round) -> None:
    """Write the end of a round that was open, as it stands in `ended`, and count it.

    The caller holds the wallet's lock, has seen the round open since, and posts.
    """
    with update_latency.time():
        settled = one(
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
    if settled is None:
        raise RuntimeError(f"Round {ended.pk} was settled without its player's wallet being locked.")
    _count(ended.game, ended.bet, ended.win)


def _count(game: str, bet: int, win: int) -> None:
    result = "won" if rules.is_win(bet, win) else "lost" if rules.is_loss(bet, win) else "even"
    metrics.committed(_settled.labels(game, result))


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        with ledger.refusals():
            yield
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) == KEY_TAKEN:
            raise IdempotencyKeyReused from error
        raise
