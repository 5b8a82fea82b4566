"""The VIP panel's form: works as a plain post and as a swap of the panel."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from casino_club.core import clock
from casino_club.core.errors import DomainError
from economy.vip.selectors import status
from economy.vip.services import Claimed, claim


@login_required
@require_POST
def claim_points(request: HttpRequest) -> HttpResponse:
    """Collect the day's points; htmx gets the panel back, a plain form the home page."""
    now = clock.now()
    try:
        claimed = claim(player_id=request.user.pk, now=now)
        kind, text = ("info" if claimed.idempotent else "success"), _told(claimed)
    except DomainError as refusal:
        kind, text = "error", str(refusal.message)
    if not request.htmx:
        messages.add_message(request, getattr(messages, kind.upper()), text)
        return redirect("home")
    response = render(request, "economy/vip_panel.html", {"vip": status(user_id=request.user.pk, now=now)})
    trigger_client_event(response, "toast", {"kind": kind, "text": text})
    return trigger_client_event(response, "balances", {})


def _told(claimed: Claimed) -> str:
    if claimed.idempotent:
        return _("You already have today's VIP points. Come back after the reset.")
    return ngettext(
        "You collected %(count)s VIP point.", "You collected %(count)s VIP points.", claimed.awarded_points
    ) % {"count": claimed.awarded_points}
