"""What must hold between rewards and the ledger."""

from django.utils.translation import gettext_noop as _

from economy.ledger.rules import rewarded_reasons
from economy.reconcile.rules import Invariant, Recent

_REASONS = ", ".join(f"'{reason}'" for reason in rewarded_reasons())

_PARTS = """
    SELECT r.user_id AS player_id, r.idempotency_key AS reference, a.asset, a.amount
      FROM user_rewards AS r
     CROSS JOIN LATERAL (VALUES ('gold', r.gold_amount), ('gems', r.gem_amount), ('xp', r.xp_amount),
                                ('vip_points', r.vip_points)) AS a (asset, amount)
     WHERE a.amount <> 0
"""

INVARIANTS = (
    Invariant(
        "every_reward_is_its_entries",
        _("A reward and the ledger disagree: an amount is missing, different, or paid without a reward."),
        f"""
        SELECT player_id, reference, asset, r.amount AS reward, e.amount AS entry
          FROM ({_PARTS}) AS r
          FULL JOIN (SELECT player_id, reference, asset, sum(amount) AS amount FROM economy_entry
                      WHERE reason IN ({_REASONS}) GROUP BY player_id, reference, asset) AS e
               USING (player_id, reference, asset)
         WHERE r.amount IS DISTINCT FROM e.amount
        """,  # noqa: S608 - constants
        recent=(
            Recent(
                "user_rewards",
                f"""
                SELECT r.player_id, r.reference, r.asset, r.amount AS reward, e.amount AS entry
                  FROM ({_PARTS} AND r.id > %(after)s) AS r
                 CROSS JOIN LATERAL (
                       SELECT sum(amount) AS amount FROM economy_entry AS e
                        WHERE e.player_id = r.player_id AND e.asset = r.asset AND e.reason IN ({_REASONS})
                          AND e.reference = r.reference) AS e
                 WHERE r.amount IS DISTINCT FROM e.amount
                """,  # noqa: S608 - constants
            ),
            Recent(
                "economy_entry",
                f"""
                SELECT e.player_id, e.reference, e.asset, e.amount AS entry FROM economy_entry AS e
                 WHERE e.id > %(after)s AND e.reason IN ({_REASONS})
                   AND NOT EXISTS (SELECT 1 FROM user_rewards AS r
                                    WHERE r.idempotency_key = e.reference AND r.user_id = e.player_id)
                """,  # noqa: S608 - constants
            ),
        ),
    ),
)
