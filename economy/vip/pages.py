"""The VIP panel's form: works as a plain post and as a swap of the panel."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from casino_club.core import clock
from casino_club.core.page_acts import Said, answer
from economy.vip.selectors import status
from economy.vip.services import Claimed, claim


@login_required
@require_POST
def claim_points(request: HttpRequest) -> HttpResponse:
    """Collect the day's points; htmx gets the panel back, a plain form the home page."""
    now = clock.now()

    def act() -> Said:
        claimed = claim(player_id=request.user.pk, now=now)
        return Said("info" if claimed.idempotent else "success", _told(claimed))

    def fragment() -> HttpResponse:
        return render(request, "economy/vip_panel.html", {"vip": status(user_id=request.user.pk, now=now)})

    return answer(request, act, fragment=fragment, back="home")


def _told(claimed: Claimed) -> str:
    if claimed.idempotent:
        return _("You already have today's VIP points. Come back after the reset.")
    return ngettext(
        "You collected %(count)s VIP point.", "You collected %(count)s VIP points.", claimed.awarded_points
    ) % {"count": claimed.awarded_points}
