"""What must hold between rounds, the ledger, statistics, seed pairs and free spins."""

from economy.reconcile.rules import Invariant
from games.gacha import invariants as gacha
from games.rounds.models import Game
from games.rounds.rules import GOLD_PER_XP

_REASONS = ", ".join(f"'{game}.{side}'" for game in Game.values for side in ("bet", "pull", "win"))
_FIGURES = ("rounds", "total_bets", "total_wins", "total_losses", "highest_multiplier", "total_wagered", "total_won")


def _columns(table: str) -> str:
    return ", ".join(f"{table}.{figure}" for figure in _FIGURES)


INVARIANTS = (
    Invariant(
        "every_round_is_its_entries",
        "A round and the ledger disagree: a bet, a win or its XP is missing, different, or booked without a round.",
        f"""
        SELECT player_id, reference, reason, r.amount AS round, e.amount AS entry
          FROM (SELECT r.player_id, 'round:' || r.id AS reference, side.reason, side.amount
                  FROM games_round AS r
                 CROSS JOIN LATERAL (VALUES
                     (r.game = 'gacha', r.game || '.pull', (r.outcome ->> 'price')::bigint, (r.outcome ->> 'pulls')::bigint),
                     (r.game <> 'gacha', r.game || '.bet', r.bet, sign(r.bet)::bigint)) AS paid (so, reason, price, plays)
                 CROSS JOIN LATERAL (VALUES (paid.reason, -paid.price), (r.game || '.win', r.win),
                                            ('play.xp', greatest(paid.plays, r.bet / {GOLD_PER_XP}))
                                    ) AS side (reason, amount)
                 WHERE paid.so AND side.amount <> 0) AS r
          FULL JOIN (SELECT player_id, reference, reason, amount FROM economy_entry
                      WHERE reason IN ({_REASONS}, 'play.xp')) AS e
               USING (player_id, reference, reason)
         WHERE r.amount IS DISTINCT FROM e.amount
        """,  # noqa: S608 - constants
    ),
    Invariant(
        "game_stats_are_their_rounds",
        "A player's statistics differ from what their settled rounds add up to.",
        f"""
        WITH rebuilt AS (
            SELECT player_id, game, count(*) AS rounds, count(*) FILTER (WHERE bet > 0) AS total_bets,
                   count(*) FILTER (WHERE win > bet) AS total_wins, count(*) FILTER (WHERE win < bet) AS total_losses,
                   max(multiplier) AS highest_multiplier, sum(bet) AS total_wagered, sum(win) AS total_won
              FROM games_round WHERE status = 'settled' GROUP BY player_id, game
        )
        SELECT coalesce(s.user_id, r.player_id) AS user_id, coalesce(s.game, r.game) AS game
          FROM user_game_stats AS s FULL JOIN rebuilt AS r ON r.player_id = s.user_id AND r.game = s.game
         WHERE ({_columns("s")}) IS DISTINCT FROM ({_columns("r")})
        """,  # noqa: S608 - constants
    ),
    Invariant(
        "daily_game_stats_add_up",
        "A player's statistics by day do not add up to their statistics of all time.",
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
    ),
    Invariant(
        "nonces_have_no_gaps",
        "A seed pair's nonces are not exactly its rounds.",
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
        "Free spins awarded are not exactly those played and those left.",
        """
        SELECT player_id, won.awarded, won.played, f."left"
          FROM (SELECT player_id, sum((outcome ->> 'free_spins')::integer) AS awarded,
                       count(*) FILTER (WHERE bet = 0) AS played
                  FROM games_round WHERE game = 'slot' GROUP BY player_id) AS won
          FULL JOIN games_freespins AS f USING (player_id)
         WHERE coalesce(won.awarded, 0) <> coalesce(won.played, 0) + coalesce(f."left", 0)
        """,
    ),
    *gacha.INVARIANTS,
)
