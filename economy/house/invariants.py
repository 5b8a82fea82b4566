"""What must hold between the house's hours and the players' tallies."""

from django.utils.translation import gettext_noop as _

from economy.reconcile.rules import Invariant

INVARIANTS = (
    Invariant(
        "house_hours_are_the_tallies",
        _("A folded hour of the house shows something else than the players' tallies of it add up to."),
        """
        SELECT hour, asset, reason, h.amount AS folded, t.amount AS tallied
          FROM (SELECT hour, asset, reason, entries::numeric, units::numeric, amount::numeric
                  FROM economy_househour) AS h
          FULL JOIN (SELECT hour, asset, reason, sum(entries) AS entries, sum(units) AS units, sum(amount) AS amount
                       FROM economy_tally WHERE hour <= (SELECT max(hour) FROM economy_househour)
                      GROUP BY hour, asset, reason) AS t USING (hour, asset, reason)
         WHERE (h.entries, h.units, h.amount) IS DISTINCT FROM (t.entries, t.units, t.amount)
        """,
    ),
)
