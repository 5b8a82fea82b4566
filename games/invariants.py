"""What must hold between rounds, the ledger, statistics, seed pairs and free spins."""

from datetime import datetime

from django.utils.translation import gettext_noop as _

from economy.ledger.rules import Asset
from economy.reconcile.rules import Invariant, Recent
from games.crash import invariants as crash
from games.gacha import invariants as gacha
from games.rounds.models import Game
from games.rounds.rules import GOLD_PER_XP
from games.stats.services import ADDED_UP, FIGURES, recalculate

_REASONS = ", ".join(f"'{game}.{side}'" for game in Game.values for side in ("bet", "pull", "win"))


def _columns(table: str) -> str:
    return ", ".join(f"{table}.{figure}" for figure in FIGURES)


# What each round must have in the ledger.
_OWED = f"""
    SELECT r.player_id, 'round:' || r.id AS reference, side.reason, side.amount
      FROM games_round AS r
     CROSS JOIN LATERAL (VALUES
         (r.game = 'gacha', r.game || '.pull', (r.outcome ->> 'price')::bigint, (r.outcome ->> 'pulls')::bigint),
         (r.game <> 'gacha', r.game || '.bet', r.bet, sign(r.bet)::bigint)) AS paid (so, reason, price, plays)
     CROSS JOIN LATERAL (VALUES (paid.reason, -paid.price), (r.game || '.win', r.win),
                                ('play.xp', greatest(paid.plays, r.bet / {GOLD_PER_XP}))) AS side (reason, amount)
     WHERE paid.so AND side.amount <> 0
"""  # noqa: S608 - constants
_BOOKED = f"""
    SELECT e.player_id, e.reference, e.reason, e.amount FROM economy_entry AS e
     WHERE e.reason IN ({_REASONS}, 'play.xp')
"""  # noqa: S608 - constants
_ROUNDS = """
    WITH owed AS ({owed}), booked AS ({booked})
    SELECT player_id, reference, reason, owed.amount AS round, booked.amount AS entry
      FROM owed FULL JOIN booked USING (player_id, reference, reason)
     WHERE owed.amount IS DISTINCT FROM booked.amount
"""
_ASSETS = ", ".join(f"'{asset}'" for asset in Asset)


def _heal_stats(player_ids: list[int], *, operator_id: int | None, reason: str, now: datetime) -> int:
    healed = (recalculate(user_id=player, operator_id=operator_id, reason=reason, now=now) for player in player_ids)
    return sum(len(rows) for rows in healed)


INVARIANTS = (
    Invariant(
        "every_round_is_its_entries",
        _("A round and the ledger disagree: a bet, a win or its XP is missing, different, or booked without a round."),
        _ROUNDS.format(owed=_OWED, booked=_BOOKED),
        recent=(
            Recent(
                "games_round",
                _ROUNDS.format(
                    owed=f"{_OWED} AND r.id > %(after)s",
                    booked=f"""{_BOOKED} AND e.asset IN ({_ASSETS})
                        AND (e.player_id, e.reference) IN (SELECT player_id, 'round:' || id FROM games_round
                                                            WHERE id > %(after)s)""",  # noqa: S608 - constants
                ),
            ),
            Recent(
                "economy_entry",
                f"""
                SELECT e.player_id, e.reference, e.reason, e.amount AS entry FROM ({_BOOKED} AND e.id > %(after)s) AS e
                 WHERE NOT EXISTS (SELECT 1 FROM games_round AS r
                                    WHERE r.id = CASE WHEN e.reference ~ '^round:[0-9]{{1,18}}$'
                                                      THEN substr(e.reference, 7)::bigint END
                                      AND r.player_id = e.player_id)
                """,  # noqa: S608 - constants
            ),
        ),
    ),
    Invariant(
        "game_stats_are_their_rounds",
        _("A player's statistics differ from what their settled rounds add up to."),
        f"""
        WITH rebuilt AS (
            SELECT player_id, game, {ADDED_UP} FROM games_round WHERE status = 'settled' GROUP BY player_id, game
        )
        SELECT coalesce(s.user_id, r.player_id) AS user_id, coalesce(s.game, r.game) AS game
          FROM user_game_stats AS s FULL JOIN rebuilt AS r ON r.player_id = s.user_id AND r.game = s.game
         WHERE ({_columns("s")}) IS DISTINCT FROM ({_columns("r")})
        """,  # noqa: S608 - constants
        heal=_heal_stats,
        player="user_id",
    ),
    Invariant(
        "daily_game_stats_add_up",
        _("A player's statistics by day do not add up to their statistics of all time."),
        f"""
        SELECT user_id, game
          FROM user_game_stats AS s
          FULL JOIN (SELECT user_id, game, sum(rounds) AS rounds, sum(total_bets) AS total_bets,
                            sum(total_wins) AS total_wins, sum(total_losses) AS total_losses,
                            max(highest_multiplier) AS highest_multiplier, sum(total_wagered) AS total_wagered,
                            sum(total_won) AS total_won
                       FROM user_game_stats_daily GROUP BY user_id, game) AS d
               USING (user_id, game)
         WHERE ({_columns("s")}) IS DISTINCT FROM ({_columns("d")})
        """,  # noqa: S608 - constants
        heal=_heal_stats,
        player="user_id",
    ),
    Invariant(
        "nonces_have_no_gaps",
        _("A seed pair's nonces are not exactly its rounds."),
        """
        SELECT p.id AS seed_pair, p.next_nonce, count(r.id) AS rounds, max(r.nonce) AS last_nonce
          FROM games_seedpair AS p LEFT JOIN games_round AS r ON r.seed_pair_id = p.id
         GROUP BY p.id, p.next_nonce
        HAVING count(r.id) <> p.next_nonce OR coalesce(max(r.nonce), -1) <> p.next_nonce - 1
            OR bool_or(r.player_id <> p.player_id)
        """,
    ),
    Invariant(
        "free_spins_add_up",
        _("Free spins awarded are not exactly those played and those left."),
        """
        SELECT player_id, won.awarded, won.played, f."left"
          FROM (SELECT player_id, sum((outcome ->> 'free_spins')::integer) AS awarded,
                       count(*) FILTER (WHERE bet = 0) AS played
                  FROM games_round WHERE game = 'slot' GROUP BY player_id) AS won
          FULL JOIN games_freespins AS f USING (player_id)
         WHERE coalesce(won.awarded, 0) <> coalesce(won.played, 0) + coalesce(f."left", 0)
        """,
    ),
    *crash.INVARIANTS,
    *gacha.INVARIANTS,
)
