"""The operators' first page: how the house is doing, and what waits for somebody."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from casino_club.core import clock
from casino_club.core.models import Alert
from casino_club.web.console import overview

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
    """Somebody has seen the alert; a repeat leaves whoever was first."""
    if not request.user.has_perm(MAY_ACKNOWLEDGE):
        raise PermissionDenied
    alert = get_object_or_404(Alert, pk=alert_id)
    Alert.objects.filter(pk=alert.pk, acknowledged_at__isnull=True).update(
        acknowledged_at=clock.now(), acknowledged_by=request.user
    )
    messages.success(request, _("Acknowledged: %(alert)s") % {"alert": alert.rule})
    return redirect("admin:index")


def urls(guarded) -> list:
    """The console's addresses, for the operators' site, which guards them."""
    return [
        path("console/overview", guarded(fresh_overview), name="console_overview"),
        path("console/alerts/<int:alert_id>/acknowledge", guarded(acknowledge), name="console_acknowledge"),
    ]
