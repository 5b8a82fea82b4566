"""The switch that hides a player's name from others."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from casino_club.core import clock
from casino_club.core.page_acts import wanted_page
from games.publicity.services import set_hidden


@login_required
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Hide the name with `hidden=1`, show it with anything else; back to where the player was."""
    hidden = set_hidden(player_id=request.user.pk, hidden=request.POST.get("hidden") == "1", now=clock.now())
    messages.success(request, _("Your name is hidden now.") if hidden else _("Your name is shown again."))
    return redirect(wanted_page(request, otherwise="rankings"))
