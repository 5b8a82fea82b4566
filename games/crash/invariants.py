"""What must hold of flights: each is paid as it ended, and none stays in the air when it is over."""

from django.utils.translation import gettext_noop as _

from economy.reconcile.rules import Invariant
from games.crash import rules

_BY_VERSION = " ".join(f"WHEN '{odds.version}' THEN {odds.max_multiplier}" for odds in rules.ODDS.values())
_MOST = f"CASE odds_version {_BY_VERSION} END"

INVARIANTS = (
    Invariant(
        "flights_pay_as_they_ended",
        _("A flight's win is not its bet times its multiplier, or its multiplier is not one it can have been paid at."),
        f"""
        SELECT id AS round, player_id, bet, win, multiplier, outcome
          FROM games_round
         WHERE game = 'crash' AND status = 'settled'
           AND (win <> bet * multiplier / {rules.HUNDREDTHS}
                OR multiplier > least((outcome ->> 'crash_point')::bigint, {_MOST})
                OR NOT CASE outcome ->> 'status'
                       WHEN 'crashed' THEN multiplier = 0
                       WHEN 'cashed_out' THEN multiplier >= {rules.TAKE_OFF}
                       WHEN 'auto_cashed'
                       THEN multiplier = coalesce((outcome ->> 'auto_cashout')::bigint, {_MOST})
                       ELSE false END)
        """,  # noqa: S608 - constants
    ),
    Invariant(
        "no_flight_is_forgotten",
        _("A flight was over five minutes ago and is not settled: the sweep does not run."),
        """
        SELECT id AS round, player_id, created_at FROM games_round
         WHERE game = 'crash' AND status = 'open' AND due_at < clock_timestamp() - interval '5 minutes'
        """,
    ),
)
