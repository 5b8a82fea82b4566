"""What must hold between wallets, entries and the Tally."""

from datetime import datetime

from django.utils.translation import gettext_noop as _

from economy.ledger import services
from economy.ledger.rules import CHART, Asset
from economy.reconcile.rules import Invariant, Recent

_REASONS = ", ".join(f"('{reason}')" for reason in CHART)
_WALLETS = " UNION ALL ".join(
    f"SELECT player_id, '{asset}' AS asset, {asset}::numeric AS balance FROM economy_wallet"  # noqa: S608 - constants
    for asset in Asset
)
_LATEST = """
    SELECT DISTINCT ON (player_id, asset) player_id, asset, balance_after
      FROM economy_entry {newer} ORDER BY player_id, asset, id DESC
"""
_CHAIN = """
    SELECT id AS entry_id, player_id, asset, amount, balance_before, balance_after
      FROM (SELECT id, player_id, asset, amount, balance_after,
                   lag(balance_after{start}) OVER (PARTITION BY player_id, asset ORDER BY id) AS balance_before
              FROM economy_entry {newer}) AS e
     WHERE balance_before::numeric + amount <> balance_after
"""
_NEWER = "WHERE id > %(after)s"


def _recent(sql: str) -> tuple[Recent, ...]:
    return (Recent("economy_entry", sql),)


def _rebuild_tally(player_ids: list[int], *, operator_id: int | None, reason: str, now: datetime) -> int:
    return services.rebuild_tally(player_ids)


INVARIANTS = (
    Invariant(
        "every_player_has_a_wallet",
        _("A player (not an operator) has no wallet."),
        """
        SELECT u.id AS player_id FROM accounts_user u
         WHERE NOT u.is_staff AND NOT EXISTS (SELECT 1 FROM economy_wallet w WHERE w.player_id = u.id)
        """,
    ),
    Invariant(
        "no_negative_balance",
        _("A wallet or an entry shows less than nothing."),
        """
        SELECT player_id, 'wallet' AS place FROM economy_wallet WHERE least(gold, gems, xp, vip_points) < 0
         UNION ALL
        SELECT player_id, 'entry ' || id FROM economy_entry WHERE balance_after < 0
        """,
    ),
    Invariant(
        "balance_is_sum_of_entries",
        _("A wallet holds something else than its entries add up to."),
        f"""
        SELECT player_id, asset, coalesce(w.balance, 0) AS balance, coalesce(e.total, 0) AS entries
          FROM ({_WALLETS}) AS w
          FULL JOIN (SELECT player_id, asset, sum(amount) AS total FROM economy_entry GROUP BY player_id, asset) AS e
               USING (player_id, asset)
         WHERE coalesce(w.balance, 0) <> coalesce(e.total, 0)
        """,  # noqa: S608 - constants
    ),
    Invariant(
        "balance_is_last_balance_after",
        _("A wallet holds something else than its last entry left."),
        f"""
        SELECT w.player_id, w.asset, w.balance, e.balance_after
          FROM ({_WALLETS}) AS w
          JOIN ({_LATEST.format(newer="")}) AS e USING (player_id, asset)
         WHERE w.balance <> e.balance_after
        """,  # noqa: S608 - constants
        recent=_recent(
            f"""
            SELECT e.player_id, e.asset, w.balance, e.balance_after
              FROM ({_LATEST.format(newer=_NEWER)}) AS e
              JOIN ({_WALLETS}) AS w USING (player_id, asset)
             WHERE w.balance <> e.balance_after
            """  # noqa: S608 - constants
        ),
    ),
    Invariant(
        "entries_form_a_chain",
        _("An entry's balance is not the one before it plus its amount."),
        _CHAIN.format(start=", 1, 0::bigint", newer=""),
        # A player's first new entry is compared with the one before it by the full run alone: finding that one would
        # take an index over (player, asset, id), which every booking would have to write.
        recent=_recent(_CHAIN.format(start="", newer=_NEWER)),
    ),
    Invariant(
        "tally_is_sum_of_entries",
        _("An hour of the Tally differs from the entries of that hour."),
        """
        SELECT player_id, asset, reason, hour, t.amount AS tally, e.amount AS entries
          FROM economy_tally AS t
          FULL JOIN (SELECT player_id, asset, reason, date_trunc('hour', created_at, 'UTC') AS hour,
                            count(*) AS entries, sum(units) AS units, sum(amount) AS amount
                       FROM economy_entry GROUP BY 1, 2, 3, 4) AS e
               USING (player_id, asset, reason, hour)
         WHERE (t.entries, t.units, t.amount) IS DISTINCT FROM (e.entries, e.units, e.amount)
        """,
        recent=_recent(
            """
            SELECT h.player_id, h.asset, h.reason, h.hour, t.amount AS tally, e.amount AS entries
              FROM (SELECT DISTINCT player_id, asset, reason, date_trunc('hour', created_at, 'UTC') AS hour
                      FROM economy_entry WHERE id > %(after)s) AS h
              LEFT JOIN economy_tally AS t USING (player_id, asset, reason, hour)
             CROSS JOIN LATERAL (
                   SELECT count(*) AS entries, sum(units) AS units, sum(amount) AS amount FROM economy_entry AS e
                    WHERE e.player_id = h.player_id AND e.asset = h.asset AND e.reason = h.reason
                      AND e.created_at >= h.hour AND e.created_at < h.hour + interval '1 hour') AS e
             WHERE (t.entries, t.units, t.amount) IS DISTINCT FROM (e.entries, e.units, e.amount)
            """
        ),
        heal=_rebuild_tally,
    ),
    Invariant(
        "one_entry_per_reference",
        _("Something was booked twice under one reference."),
        """
        SELECT player_id, asset, reason, reference, count(*) AS entries FROM economy_entry
         GROUP BY player_id, asset, reason, reference HAVING count(*) > 1
        """,
    ),
    Invariant(
        "every_reason_is_in_the_chart",
        _("An entry's reason has no system account."),
        f"""
        SELECT reason, count(*) AS entries FROM economy_entry
         WHERE reason NOT IN (SELECT * FROM (VALUES {_REASONS}) AS chart (reason)) GROUP BY reason
        """,  # noqa: S608 - constants
        recent=_recent(
            f"""
            SELECT id AS entry_id, reason FROM economy_entry
             WHERE id > %(after)s AND reason NOT IN (SELECT * FROM (VALUES {_REASONS}) AS chart (reason))
            """  # noqa: S608 - constants
        ),
    ),
)
