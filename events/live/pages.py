"""Events, for players' eyes: what is on, one event, joining and collecting."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from casino_club.core import clock
from casino_club.core.errors import NotFound
from casino_club.core.page_acts import Said, answer
from events.live import preview, services
from events.live.cards import Card, cards_for
from events.live.rules import Phase
from events.live.selectors import event_of, events_in
from events.observations import observed
from events.pages import collected

TABS = (Phase.LIVE, Phase.UPCOMING, Phase.ENDED)
A_PAGE = 12
DETAIL = "event-detail"


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """Everything that is on; strangers see the public preview and are invited in."""
    now = clock.now()
    if not request.user.is_authenticated:
        return render(request, "events/live/preview_page.html", {"preview": preview.current(now=now)})
    chosen = request.GET.get("show")
    tab = next((phase for phase in TABS if phase.value == chosen), Phase.LIVE)
    with observed("events", "list"):
        page = Paginator(events_in(tab, now).order_by("-priority", "-id"), A_PAGE).get_page(request.GET.get("page"))
        context = {"cards": cards_for(request.user.pk, page.object_list, now=now), "page": page, "tab": tab.value}
    return render(request, "events/live/list.html", context)


@login_required
@require_safe
def event(request: HttpRequest, event_id: int) -> HttpResponse:
    """One event, whatever its phase."""
    try:
        with observed("events", "detail"):
            card = _card(request, event_id)
    except NotFound as error:
        raise Http404 from error
    return render(request, "events/live/detail.html", {"card": card})


@login_required
@require_POST
def join(request: HttpRequest, event_id: int) -> HttpResponse:
    def act() -> Said:
        with observed("events", "join"):
            joined = services.join(player_id=request.user.pk, event_id=event_id, now=clock.now())
        if joined.idempotent:
            return Said("info", _("You are already in."))
        return Said("success", _("You are in. From now on your play counts."))

    return _answer(request, event_id, act)


@login_required
@require_POST
def claim(request: HttpRequest, event_id: int) -> HttpResponse:
    def act() -> Said:
        with observed("events", "claim"):
            claimed = services.claim(player_id=request.user.pk, event_id=event_id, now=clock.now())
        return collected(claimed, claimed.event.shown_title)

    return _answer(request, event_id, act)


def _answer(request: HttpRequest, event_id: int, act) -> HttpResponse:
    is_detail = request.htmx.target == DETAIL
    template = "events/live/panel.html" if is_detail else "events/live/card.html"
    return answer(
        request,
        act,
        fragment=lambda: render(request, template, {"card": _card(request, event_id)}),
        back=reverse("event", args=[event_id]),
    )


def _card(request: HttpRequest, event_id: int) -> Card:
    (card,) = cards_for(request.user.pk, [event_of(event_id)], now=clock.now())
    return card
