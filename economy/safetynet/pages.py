"""The safety net where it is needed: a strip on home and on the tables, and its form."""

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from casino_club.core import clock
from casino_club.core.errors import DomainError
from casino_club.core.page_acts import Said, answer
from economy.ledger.selectors import wallet_of
from economy.safetynet.selectors import offer
from economy.safetynet.services import take


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def safety_net(request: HttpRequest) -> HttpResponse:
    """The strip as it is now; a post takes what is offered first (a plain form is led home)."""
    now = clock.now()
    if request.method == "GET":
        return _strip(request, now)

    def act() -> Said:
        try:
            caught = take(player_id=request.user.pk, now=now)
        except DomainError as refusal:  # that it is too early is no fault of the player's
            return Said("info", str(refusal.message))
        return Said("success", _("Here are %(gold)s gold. Good luck!") % {"gold": caught.awarded_gold})

    return answer(request, act, fragment=lambda: _strip(request, now), back="home")


def _strip(request: HttpRequest, now: datetime) -> HttpResponse:
    wallet = wallet_of(request.user.pk)
    found = wallet.is_open and offer(player_id=request.user.pk, gold=wallet.gold, now=now)
    return render(request, "economy/safety_net.html", {"offer": found})
