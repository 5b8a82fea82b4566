"""What must hold between rewards and the ledger."""

from economy.ledger.rules import rewarded_reasons
from economy.reconcile.rules import Invariant

_REASONS = ", ".join(f"'{reason}'" for reason in rewarded_reasons())

INVARIANTS = (
    Invariant(
        "every_reward_is_its_entries",
        "A reward and the ledger disagree: an amount is missing, different, or paid without a reward.",
        f"""
        SELECT player_id, reference, asset, r.amount AS reward, e.amount AS entry
          FROM (SELECT r.user_id AS player_id, r.idempotency_key AS reference, a.asset, a.amount
                  FROM user_rewards AS r
                 CROSS JOIN LATERAL (VALUES ('gold', r.gold_amount), ('gems', r.gem_amount), ('xp', r.xp_amount),
                                            ('vip_points', r.vip_points)) AS a (asset, amount)
                 WHERE a.amount <> 0) AS r
          FULL JOIN (SELECT player_id, reference, asset, sum(amount) AS amount FROM economy_entry
                      WHERE reason IN ({_REASONS}) GROUP BY player_id, reference, asset) AS e
               USING (player_id, reference, asset)
         WHERE r.amount IS DISTINCT FROM e.amount
        """,  # noqa: S608 - constants
    ),
)
