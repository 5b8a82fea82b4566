"""The hill by night that the crane rises over."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casino_club.core import clock
from games.crash import rules, selectors
from games.fairness import services as fairness
from games.rounds.rules import written

QUICK_BETS = (10, 100, 500, 1000)
QUICK_TARGETS = ("1.5", "2", "5", "10")


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The hill with the player's last flights; a crane that is in the air is found again."""
    open_round = selectors.open_round_of(request.user.pk)
    context = {
        "rules": rules,
        "quick_bets": QUICK_BETS,
        "quick_targets": QUICK_TARGETS,
        "recent": [
            {"flew": written(past.crash_point), "won": past.win > past.bet}
            for past in selectors.recent_of(request.user.pk)
        ],
        "rtp_text": f"{rules.CURRENT.return_hundredths}%",
        "most_times": f"{rules.CURRENT.max_multiplier // rules.HUNDREDTHS:,}",
        "seeds": fairness.ensure_pair(player_id=request.user.pk, now=clock.now()),
        "table": {
            "minBet": rules.MIN_BET,
            "maxBet": rules.MAX_BET,
            "leastTarget": rules.LEAST_TARGET,
            "mostTarget": rules.CURRENT.max_multiplier,
            "openGame": open_round and open_round.pk,
        },
        "texts": _texts(),
    }
    return render(request, "games/crash.html", context)


def _texts() -> dict[str, str]:
    """Every sentence the script may say, in the page's language."""
    return {
        "start": _("Let it fly"),
        "cash_out": _("Cash out"),
        "flying": _("The crane is in the air."),
        "cashing": _("Cashing out near %(times)s×…"),
        "bet_unknown": _("We don't know yet whether your bet arrived. Press again: it is the same bet, taken once."),
        "bet_again": _("Ask again"),
        "cashout_unknown": _("We don't know yet whether your cash-out arrived. You will see it here once we are back."),
        "not_enough": _("You don't have enough gold."),
        "bet_range": _("Bet %(least)s to %(most)s gold."),
        "target_range": _("Choose 1.01× to 1,000×."),
        "target_none": _("Off: you cash out yourself."),
        "target_pays": _("Pays %(gold)s gold if the crane gets there."),
    }
