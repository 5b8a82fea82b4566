"""The lobby: which games there are."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from games.odds.selectors import lobby


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "games/lobby.html", {"games": lobby()})
