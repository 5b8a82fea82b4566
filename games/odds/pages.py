"""The public odds page, printed from the tables that draw and pay."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from games.odds import slot
from games.slot import figures, rules
from games.slot.labels import CARD_LABELS


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    context = {
        "slot": slot.sheet(),
        "rules": rules,
        "rtp": figures.rtp(),
        "lowest_rtp": figures.LOWEST_RTP,
        "lowest_bet": figures.LOWEST_RTP_BET,
        "lowest_lines": figures.LOWEST_RTP_LINES,
        "stops_in_all": figures.STOPS_IN_ALL,
        "labels": CARD_LABELS,
    }
    return render(request, "games/odds.html", context)
