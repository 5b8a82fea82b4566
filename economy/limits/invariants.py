"""What must hold between limits and wallets."""

from django.utils.translation import gettext_noop as _

from economy.reconcile.rules import Invariant

INVARIANTS = (
    Invariant(
        "limits_are_marked_on_the_wallet",
        _("A player has limits or a rest, but their wallet does not say so: bets would not look."),
        """
        SELECT w.player_id FROM economy_wallet AS w
         WHERE NOT w.limited
           AND (EXISTS (SELECT 1 FROM economy_playlimit AS l WHERE l.player_id = w.player_id)
                OR EXISTS (SELECT 1 FROM economy_playrest AS r WHERE r.player_id = w.player_id))
        """,
    ),
)
