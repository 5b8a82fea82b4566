"""The operators' first page: how the house is doing, and what waits for somebody."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from casino_club.core import alerts, clock
from casino_club.core.errors import NotFound
from casino_club.web.console import funnel, overview

MAY_ACKNOWLEDGE = "core.change_alert"


def index_context(request: HttpRequest) -> dict:
    """What the index shows above the list of models."""
    return {
        **overview.context(span=request.GET.get("span"), now=clock.now()),
        "may_acknowledge": request.user.has_perm(MAY_ACKNOWLEDGE),
    }


@require_GET
def fresh_overview(request: HttpRequest) -> HttpResponse:
    """The overview alone, as it stands now, for a page that is open."""
    return render(request, "admin/console/overview.html", index_context(request))


@require_POST
def acknowledge(request: HttpRequest, alert_id: int) -> HttpResponse:
    """An operator looks after the alert; a repeat leaves whoever was first."""
    if not request.user.has_perm(MAY_ACKNOWLEDGE):
        raise PermissionDenied
    try:
        alert = alerts.acknowledge(alert_id=alert_id, operator_id=request.user.pk, now=clock.now())
    except NotFound as missing:
        raise Http404 from missing
    messages.success(request, _("You look after it: %(alert)s") % {"alert": alert.title})
    return redirect("admin:index")


@require_GET
def telemetry(request: HttpRequest) -> HttpResponse:
    """What browsers told lately, and how far new players came."""
    now = clock.now()
    context = {"top": funnel.top_events(now=now), "steps": funnel.funnel(now=now), "days": funnel.DAYS}
    return TemplateResponse(
        request,
        "accounts/telemetry/console.html",
        {**admin.site.each_context(request), **context, "title": _("Telemetry")},
    )


def urls(guarded) -> list:
    """The console's addresses, for the operators' site, which guards them."""
    return [
        path("console/overview", guarded(fresh_overview), name="console_overview"),
        path("console/telemetry", guarded(telemetry), name="console_telemetry"),
        path("console/alerts/<int:alert_id>/acknowledge", guarded(acknowledge), name="console_acknowledge"),
    ]
