"""What must hold between purchases, the ledger, and what is on the shelf."""

from django.utils.translation import gettext_noop as _

from economy.reconcile.rules import Invariant, Recent
from economy.shop.rules import DELIVERY, GOODS, PAYMENT, REFUND, RETURN

_GOODS = ", ".join(f"('{asset}', p.{asset}, p.returned_{asset})" for asset in GOODS)
# What the ledger should hold of each purchase.
_DUE = f"""
    SELECT p.id, p.user_id AS player_id, 'purchase:' || p.id AS reference, d.asset, d.reason, d.amount
      FROM economy_purchase AS p
     CROSS JOIN LATERAL (
           SELECT asset, '{DELIVERY}' AS reason, amount FROM (VALUES {_GOODS}) AS g (asset, amount, returned)
            WHERE p.granted_at IS NOT NULL AND amount <> 0
            UNION ALL
           SELECT asset, '{RETURN}', -returned FROM (VALUES {_GOODS}) AS g (asset, amount, returned) WHERE returned <> 0
            UNION ALL
           SELECT 'gems', '{PAYMENT}', -p.amount::bigint WHERE p.currency = 'gems' AND p.paid_at IS NOT NULL
            UNION ALL
           SELECT 'gems', '{REFUND}', p.refunded_amount::bigint WHERE p.currency = 'gems' AND p.refunded_amount <> 0
           ) AS d
"""  # noqa: S608 - constants
_REASONS = ", ".join(f"'{reason}'" for reason in (DELIVERY, RETURN, PAYMENT, REFUND))

INVARIANTS = (
    Invariant(
        "every_purchase_is_its_entries",
        _("A purchase and the ledger disagree: goods or gems moved without it, were not moved, or otherwise."),
        f"""
        SELECT player_id, reference, asset, reason, d.amount AS purchase, e.amount AS entry
          FROM ({_DUE}) AS d
          FULL JOIN (SELECT player_id, reference, asset, reason, amount FROM economy_entry
                      WHERE reason IN ({_REASONS})) AS e
               USING (player_id, reference, asset, reason)
         WHERE d.amount IS DISTINCT FROM e.amount
        """,  # noqa: S608 - constants
        recent=(
            Recent(
                "economy_purchase",
                f"""
                SELECT d.player_id, d.reference, d.asset, d.reason, d.amount AS purchase, e.amount AS entry
                  FROM ({_DUE}) AS d
                  LEFT JOIN economy_entry AS e USING (player_id, asset, reason, reference)
                 WHERE d.id > %(after)s AND d.amount IS DISTINCT FROM e.amount
                """,  # noqa: S608 - constants
            ),
            Recent(
                "economy_entry",
                f"""
                SELECT e.player_id, e.reference, e.asset, e.reason, e.amount AS entry, d.amount AS purchase
                  FROM economy_entry AS e
                  LEFT JOIN ({_DUE}) AS d
                       ON d.id = substring(e.reference FROM '^purchase:([0-9]{{1,18}})$')::bigint
                          AND d.player_id = e.player_id AND d.asset = e.asset AND d.reason = e.reason
                 WHERE e.id > %(after)s AND e.reason IN ({_REASONS}) AND d.amount IS DISTINCT FROM e.amount
                """,  # noqa: S608 - constants
            ),
        ),
    ),
    Invariant(
        "package_counts_are_its_purchases",
        _("A limited package's held or sold units are not those of its purchases."),
        """
        SELECT k.code, k.held, k.sold, p.held AS purchases_held, p.sold AS purchases_sold
          FROM economy_package AS k
         CROSS JOIN LATERAL (
               SELECT coalesce(sum(quantity) FILTER (WHERE status = 'pending' AND review_state <> 'waiting'), 0) AS held,
                      coalesce(sum(quantity) FILTER (WHERE paid_at IS NOT NULL), 0) AS sold
                 FROM economy_purchase WHERE package_id = k.id) AS p
         WHERE (k.held, k.sold) IS DISTINCT FROM (p.held, p.sold)
        """,
    ),
    Invariant(
        "promo_uses_are_its_purchases",
        _("A promo code's uses are not those of the purchases made with it."),
        """
        SELECT c.code, c.used, p.used AS purchases
          FROM economy_promocode AS c
         CROSS JOIN LATERAL (
               SELECT count(*) FILTER (WHERE paid_at IS NOT NULL OR status = 'pending' AND review_state <> 'waiting') AS used
                 FROM economy_purchase WHERE promo_id = c.id) AS p
         WHERE c.used <> p.used
        """,
    ),
    Invariant(
        "every_status_has_its_step",
        _("A purchase's steps are not those that lead to where it stands."),
        """
        SELECT p.id AS purchase_id, p.status, s.steps
          FROM economy_purchase AS p
         CROSS JOIN LATERAL (SELECT string_agg(to_status, ' ' ORDER BY id) AS steps
                               FROM economy_purchasetransition WHERE purchase_id = p.id) AS s
         WHERE s.steps IS DISTINCT FROM concat_ws(' ', 'pending', CASE WHEN p.failed_at IS NOT NULL THEN 'failed' END,
                                                  CASE WHEN p.paid_at IS NOT NULL THEN 'paid' END,
                                                  CASE WHEN p.granted_at IS NOT NULL THEN 'granted' END,
                                                  CASE WHEN p.refunded_at IS NOT NULL THEN 'refunded' END)
        """,
    ),
)
