"""What must hold between gacha rounds, the ledger, the players' collections and their pity."""

from django.utils.translation import gettext_noop as _

from economy.reconcile.rules import Invariant

INVARIANTS = (
    Invariant(
        "every_pull_is_paid_as_it_says",
        _("A pull's entry has another asset or other units than the round, or the round's bet is not the gold paid."),
        """
        SELECT r.id AS round, r.player_id, e.asset, e.units
          FROM games_round AS r
          LEFT JOIN economy_entry AS e
                 ON e.player_id = r.player_id AND e.reference = 'round:' || r.id AND e.reason = 'gacha.pull'
         WHERE r.game = 'gacha'
           AND ((e.asset, e.units) IS DISTINCT FROM (r.outcome ->> 'currency', (r.outcome ->> 'pulls')::integer)
                OR jsonb_array_length(r.outcome -> 'cards') <> (r.outcome ->> 'pulls')::integer
                OR r.bet <> CASE r.outcome ->> 'currency' WHEN 'gold' THEN (r.outcome ->> 'price')::bigint ELSE 0 END)
        """,
    ),
    Invariant(
        "collections_are_their_pulls",
        _("A player holds another number of a card than was drawn."),
        """
        SELECT player_id, item, i.quantity AS held, drawn.quantity AS drawn
          FROM games_inventoryitem AS i
          FULL JOIN (SELECT r.player_id, card.item, count(*) AS quantity
                       FROM games_round AS r
                      CROSS JOIN LATERAL jsonb_array_elements_text(r.outcome -> 'cards') AS card (item)
                      WHERE r.game = 'gacha' GROUP BY r.player_id, card.item) AS drawn
               USING (player_id, item)
         WHERE i.quantity IS DISTINCT FROM drawn.quantity
        """,
    ),
    Invariant(
        "pity_is_its_pulls",
        _("A pity counter differs from a recount of the player's pulls on that banner."),
        """
        WITH drawn AS (
            SELECT r.player_id, (r.outcome ->> 'banner')::bigint AS banner_id, card.item LIKE '%-bright' AS bright,
                   row_number() OVER (PARTITION BY r.player_id, r.outcome ->> 'banner'
                                      ORDER BY r.id, card.position) AS number
              FROM games_round AS r
             CROSS JOIN LATERAL jsonb_array_elements_text(r.outcome -> 'cards') WITH ORDINALITY AS card (item, position)
             WHERE r.game = 'gacha'
        )
        SELECT player_id, banner_id, p.count, recount.since_bright, p.pulls, recount.pulls AS drawn
          FROM games_pity AS p
          FULL JOIN (SELECT player_id, banner_id, max(number) AS pulls,
                            max(number) - coalesce(max(number) FILTER (WHERE bright), 0) AS since_bright
                       FROM drawn GROUP BY player_id, banner_id) AS recount
               USING (player_id, banner_id)
         WHERE (p.count, p.pulls) IS DISTINCT FROM (recount.since_bright, recount.pulls)
        """,
    ),
    Invariant(
        "pity_never_passes_its_pull",
        _("A round began with another pity than the round before it on the same banner left."),
        """
        WITH played AS (
            SELECT id, player_id, outcome ->> 'banner' AS banner, (outcome ->> 'pity')::integer AS pity,
                   (outcome ->> 'pulls')::integer AS pulls,
                   (SELECT max(card.position)
                      FROM jsonb_array_elements_text(outcome -> 'cards') WITH ORDINALITY AS card (item, position)
                     WHERE card.item LIKE '%-bright') AS last_bright
              FROM games_round WHERE game = 'gacha'
        ), followed AS (
            SELECT *, lag(coalesce(pulls - last_bright, pity + pulls), 1, 0::bigint)
                          OVER (PARTITION BY player_id, banner ORDER BY id) AS left_before
              FROM played
        )
        SELECT id AS round, player_id, pity, left_before FROM followed WHERE pity <> left_before
        """,
    ),
)
