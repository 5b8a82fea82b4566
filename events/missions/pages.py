"""Missions, for players' eyes."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from casino_club.core import clock
from casino_club.core.page_acts import Said, answer
from events.missions import services
from events.missions.models import MissionType
from events.missions.rules import Every, period_of
from events.missions.selectors import missions_of, states_of
from events.observations import observed
from events.pages import collected

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
    tab = request.POST.get("show") if request.POST.get("show") in TABS else MissionType.DAILY.value

    def act() -> Said:
        with observed("missions", "claim"):
            claimed = services.claim(player_id=request.user.pk, mission_id=mission_id, now=clock.now())
        return collected(claimed, claimed.mission.shown_title)

    return answer(
        request,
        act,
        fragment=lambda: render(request, "events/missions/board.html", _context(request, tab)),
        back=f"{reverse('missions')}?show={tab}",
    )


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
