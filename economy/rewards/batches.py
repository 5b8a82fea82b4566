"""Giving to many players at once: the same as `rewards.services.grant` for each of them, in a few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from casino_club.core import metrics
from economy.ledger import services as ledger
from economy.ledger.rules import CHART
from economy.policy.rules import is_special
from economy.rewards import services as rewards
from economy.rewards.rules import Amounts

# Books, through `ledger_post`, exactly the rewards that were really inserted.
_GRANT = """
    WITH asked AS (
        SELECT * FROM unnest(%(players)s::bigint[], %(keys)s::text[], %(gold)s::bigint[], %(gems)s::bigint[],
                             %(xp)s::bigint[], %(vip_points)s::bigint[])
                      AS a (player_id, key, gold, gems, xp, vip_points)
    ), given AS (
        INSERT INTO user_rewards (user_id, reward_type, gold_amount, gem_amount, xp_amount, vip_points,
                                  reward_metadata, idempotency_key, created_at)
        SELECT player_id, %(type)s, gold, gems, xp, vip_points, '{}', key, %(now)s FROM asked
        ON CONFLICT ON CONSTRAINT ix_user_rewards_idempotency_key DO NOTHING
        RETURNING user_id, idempotency_key, gold_amount, gem_amount, xp_amount, vip_points
    ), moves AS (
        SELECT user_id, array_agg(asset ORDER BY idempotency_key, asset) AS assets,
               array_agg(amount ORDER BY idempotency_key, asset) AS amounts,
               array_agg(idempotency_key ORDER BY idempotency_key, asset) AS refs,
               count(*)::integer AS size
          FROM given CROSS JOIN LATERAL (VALUES ('gold', gold_amount), ('gems', gem_amount), ('xp', xp_amount),
                                                ('vip_points', vip_points)) AS part (asset, amount)
         WHERE amount > 0 GROUP BY user_id
    ), posted AS MATERIALIZED (
        SELECT user_id, ledger_post(user_id, assets, amounts, array_fill(%(reason)s::text, ARRAY[size]), refs,
                                    array_fill(1, ARRAY[size]), array_fill('{}'::jsonb, ARRAY[size]), %(now)s)
          FROM moves
    )
    SELECT (SELECT count(*) FROM posted), idempotency_key FROM given
"""


@dataclass(frozen=True, slots=True)
class Grant:
    """One reward to give, once for its key."""

    player_id: int
    key: str
    amounts: Amounts


def grant_many(grants: Sequence[Grant], *, reward_type: str, reason: str, now: datetime) -> set[str]:
    """Give what has not been given before, all or nothing; two statements. Returns the keys that were new.

    Every player must have a wallet. Special rewards are given one by one, each reduced by the policy.
    """
    if not CHART[reason].rewarded:
        raise ValueError(f"Not a reason for rewards: {reason}")
    if is_special(reward_type):
        raise ValueError(f"Not for batches: {reward_type}")
    if not grants:
        return set()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT player_id FROM economy_wallet WHERE player_id = ANY(%s) ORDER BY player_id FOR NO KEY UPDATE",
            [[grant.player_id for grant in grants]],
        )
        cursor.execute(
            _GRANT,
            {
                "players": [grant.player_id for grant in grants],
                "keys": [grant.key for grant in grants],
                "gold": [grant.amounts.gold for grant in grants],
                "gems": [grant.amounts.gems for grant in grants],
                "xp": [grant.amounts.xp for grant in grants],
                "vip_points": [grant.amounts.vip_points for grant in grants],
                "type": reward_type,
                "reason": reason,
                "now": now,
            },
        )
        fresh = {key for _, key in cursor.fetchall()}
        rewards.given(reward_type, times=len(fresh))
        entries = sum(1 for each in grants if each.key in fresh for _ in each.amounts.by_asset())
        metrics.committed(*ledger.booked(reason), times=entries)
        return fresh
