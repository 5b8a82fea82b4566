"""The table of three fans."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casino_club.core import clock
from games.fairness import services as fairness
from games.rounds.rules import rounded_percent
from games.rps import rules
from games.rps.labels import HAND_LABELS

QUICK_BETS = (10, 100, 500, 1000)


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The table, with what each hand pays."""
    context = {
        "rules": rules,
        "hands": HAND_LABELS.items(),
        "pays_text": f"{rules.CURRENT.pays / 100:.2f}",
        "rtp_text": f"{rounded_percent(rules.rtp()):.2f}%",
        "quick_bets": QUICK_BETS,
        "seeds": fairness.ensure_pair(player_id=request.user.pk, now=clock.now()),
        "table": {"minBet": rules.MIN_BET, "maxBet": rules.MAX_BET, "pays": rules.CURRENT.pays},
        "texts": {
            "not_enough": _("You don't have enough gold."),
            "bet_range": _("Bet %(least)s to %(most)s gold."),
            "would_pay": _("A win pays %(gold)s gold"),
            "showing": _("The fans open."),
        },
    }
    return render(request, "games/rps.html", context)
