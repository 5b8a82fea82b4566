"""What must hold between passes, their rewards and the ledger."""

from django.utils.translation import gettext_noop as _

from economy.reconcile.rules import Invariant
from events.battlepass.rules import REWARD_TYPE, UPGRADE_REASON

INVARIANTS = (
    Invariant(
        "pass_claims_are_rewards",
        _("A collected tier has no reward, or a reward of the pass has no collected tier."),
        f"""
        SELECT c.player_id, c.season_id, c.tier, c.track, r.idempotency_key
          FROM (SELECT *, format('pass:%s:%s:%s:%s', player_id, season_id, tier, track) AS idempotency_key
                  FROM events_passclaim) AS c
          FULL JOIN (SELECT idempotency_key FROM user_rewards WHERE reward_type = '{REWARD_TYPE}') AS r
               USING (idempotency_key)
         WHERE c.id IS NULL OR r.idempotency_key IS NULL
        """,  # noqa: S608 - constants
    ),
    Invariant(
        "premium_passes_are_paid",
        _("A premium pass was not paid for in gems, or gems were paid for no pass."),
        f"""
        SELECT p.player_id, p.season_id, p.price_gems, e.amount
          FROM (SELECT *, 'season:' || season_id AS reference FROM events_premiumpass) AS p
          FULL JOIN (SELECT player_id, reference, amount FROM economy_entry WHERE reason = '{UPGRADE_REASON}') AS e
               USING (player_id, reference)
         WHERE p.price_gems IS DISTINCT FROM -e.amount
        """,  # noqa: S608 - constants
    ),
)
