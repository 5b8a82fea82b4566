"""The payer's page: what is to be paid, the way to the provider, and how it went. Works without scripts."""

from csp.decorators import csp_update
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from casino_club.core import clock
from casino_club.core.errors import DomainError, NotFound
from economy.payments import providers, services
from economy.payments.selectors import Paying, PayState, paying


@login_required
@never_cache
@require_safe
def pay(request: HttpRequest, purchase_id: int) -> HttpResponse:
    """Where the purchase stands. While that may change the page asks again by itself."""
    shown = _paying(request, purchase_id)
    if not request.htmx:
        return _with_way_out(request, "economy/payments/pay.html", {"paying": shown})
    if request.GET.get("state") == shown.state:
        return HttpResponse(status=204)
    response = render(request, "economy/payments/panel.html", {"paying": shown, "moved": True})
    return trigger_client_event(response, "balances", {}) if shown.state is PayState.DONE else response


@login_required
@require_POST
def begin(request: HttpRequest, purchase_id: int) -> HttpResponse:
    """Lead the payer to the provider."""
    shown = _paying(request, purchase_id)
    here = reverse("pay", args=[purchase_id])
    try:
        session = services.begin(
            purchase=shown.purchase,
            title=_title(shown),
            language="en" if get_language() == "en" else "ko",
            return_url=request.build_absolute_uri(here),
            now=clock.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
        return redirect(here)
    return redirect(session.pay_url)


def _paying(request: HttpRequest, purchase_id: int) -> Paying:
    try:
        return paying(player_id=request.user.pk, purchase_id=purchase_id, now=clock.now())
    except NotFound as error:
        raise Http404 from error


def _title(shown: Paying) -> str:
    return f"{shown.item.shown_name} × {shown.purchase.quantity}"


def _with_way_out(request: HttpRequest, template: str, context: dict) -> HttpResponse:
    """A page whose form ends at the provider, so that the provider's origin may be a form's target."""
    try:
        origins = providers.current().origins()
    except DomainError:
        origins = ()
    return csp_update({"form-action": list(origins)})(render)(request, template, context)
