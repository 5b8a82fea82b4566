"""The operators' first page: how the house is doing, and what waits for somebody."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from casino_club.core import clock
from casino_club.web.console import funnel, overview


def index_context(request: HttpRequest) -> dict:
    """What the index shows above the list of models."""
    return {
        **overview.context(span=request.GET.get("span"), now=clock.now()),
        "may_acknowledge": request.user.has_perm("core.change_alert"),
    }


@require_GET
def fresh_overview(request: HttpRequest) -> HttpResponse:
    """The overview alone, as it stands now, for a page that is open."""
    return render(request, "admin/console/overview.html", index_context(request))


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
    ]
