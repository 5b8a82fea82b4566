"""Missions, for players' eyes."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from casino_club.core import clock
from events.home.services import panel
from events.missions import services
from events.missions.models import MissionType
from events.missions.rules import Every, period_of
from events.missions.selectors import missions_of, states_of
from events.observations import observed
from events.pages import Said, answer, level_reached

HOME = "home"
TABS = (*MissionType.values, "all")


@login_required
@require_safe
def missions(request: HttpRequest) -> HttpResponse:
    """Today's missions, the week's, or all."""
    tab = request.GET.get("show") if request.GET.get("show") in TABS else MissionType.DAILY.value
    with observed("missions", f"list_{tab}"):
        context = _context(request, tab)
    return render(request, "events/missions/list.html", context)


@login_required
@require_POST
def claim(request: HttpRequest, mission_id: int) -> HttpResponse:
    shown = request.POST.get("show")
    tab = shown if shown in TABS else MissionType.DAILY.value

    def act() -> Said:
        with observed("missions", "claim"):
            claimed = services.claim(player_id=request.user.pk, mission_id=mission_id, now=clock.now())
        if claimed.idempotent:
            return Said("info", _("You already collected this reward."))
        level = level_reached(claimed.balances, claimed.rewards.get("exp", 0))
        return Said("success", _("The reward of “%(title)s” is yours.") % {"title": claimed.mission.shown_title}, level)

    def fragment() -> HttpResponse:
        if shown == HOME:
            context = {"events_panel": panel(player_id=request.user.pk, now=clock.now())}
            return render(request, "events/home/missions.html", context)
        return render(request, "events/missions/board.html", _context(request, tab))

    back = reverse("home") if shown == HOME else f"{reverse('missions')}?show={tab}"
    return answer(request, act, fragment=fragment, back=back)


def _context(request: HttpRequest, tab: str) -> dict:
    now = clock.now()
    rows = missions_of(None if tab == "all" else tab).order_by("mission_type", "sort_order", "id")
    states = states_of(request.user.pk, list(rows), now=now)
    groups = [
        {
            "type": every.value,
            "states": [state for state in states if state.mission.mission_type == every],
            "resets_at": period_of(every, now).resets_at,
        }
        for every in Every
        if tab in (every.value, "all")
    ]
    return {"tab": tab, "groups": groups}
