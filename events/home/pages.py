"""The home page's part of events: collecting a mission without leaving it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from casino_club.core import clock
from casino_club.core.page_acts import Said, answer
from events.home.services import panel
from events.missions import services as missions
from events.observations import observed
from events.pages import collected


@login_required
@require_POST
def claim_mission(request: HttpRequest, mission_id: int) -> HttpResponse:
    """Collect a mission; htmx gets the missions' panel back, a plain form the home page."""

    def act() -> Said:
        with observed("missions", "claim"):
            claimed = missions.claim(player_id=request.user.pk, mission_id=mission_id, now=clock.now())
        return collected(claimed, claimed.mission.shown_title)

    def fragment() -> HttpResponse:
        context = {"events_panel": panel(player_id=request.user.pk, now=clock.now())}
        return render(request, "events/home/missions.html", context)

    return answer(request, act, fragment=fragment, back=reverse("home"))
