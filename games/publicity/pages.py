"""The switch that hides a player's name from others."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from casino_club.core import clock
from games.publicity.services import set_hidden


@login_required
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Hide the name with `hidden=1`, show it with anything else; back to where the player was."""
    hidden = set_hidden(player_id=request.user.pk, hidden=request.POST.get("hidden") == "1", now=clock.now())
    messages.success(request, _("Your name is hidden now.") if hidden else _("Your name is shown again."))
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(wanted if ours else "rankings")
