"""The lobby: which games there are, and who won big of late."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from casino_club.core import clock
from games.lobby.selectors import recent_big_wins
from games.odds.selectors import lobby


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every table of the house, and the big wins of late."""
    context = {"games": lobby(), "big_wins": recent_big_wins(), "now": clock.now()}
    return render(request, "games/lobby.html", context)
