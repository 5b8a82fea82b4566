"""The pages of two-factor sign-in: prove it, set it up, look after the recovery codes. For operators only."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.signin import cookies
from accounts.twofactor import rules, services
from casino_club.core import clock
from casino_club.core.errors import DomainError, PermissionDenied
from casino_club.core.page_acts import wanted_page
from casino_club.web.errors import answer
from casino_club.web.signin.answers import refused
from casino_club.web.twofactor.drawing import qr_image
from casino_club.web.twofactor.forms import CodeForm

FOLDER = "accounts/twofactor"


def _page(view: Callable) -> Callable:
    """For operators, never kept by a browser, its codes never in a report of a fault."""

    @never_cache
    @sensitive_post_parameters("code")
    @login_required
    @require_http_methods(["GET", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        return view(request) if request.user.is_staff else answer(request, PermissionDenied())

    return guarded


@_page
def two_factor(request: HttpRequest) -> HttpResponse:
    """The second step of signing in; once that is done, how things stand, and new recovery codes."""
    session = cookies.session_of(request)
    if not services.is_enrolled(session.user_id):
        if session.owes_second_factor:
            query = urlencode({"next": wanted_page(request, otherwise="home")})
            return redirect(f"{reverse('two_factor_setup')}?{query}")
        return render(request, f"{FOLDER}/status.html", {"enrolled": False})
    form = CodeForm(request.POST or None)
    due = session.owes_second_factor
    template = f"{FOLDER}/{'prove' if due else 'status'}.html"
    context = {
        "form": form,
        "next": wanted_page(request, otherwise="home"),
        "enrolled": True,
        "codes_left": services.codes_left(session.user_id),
    }
    if request.method == "GET" or not form.is_valid():
        return render(request, template, context)
    given = {"code": form.cleaned_data["code"], "address": request.client_ip, "now": clock.now()}
    try:
        if not due:
            return _told(request, services.renew_recovery_codes(user_id=session.user_id, **given))
        services.prove(session=session, **given)
    except DomainError as refusal:
        return refused(request, template, context, refusal)
    # A cookie from before the second step must be worth nothing after it.
    cookies.begin(request, session)
    return redirect(wanted_page(request, otherwise="home"))


@_page
@sensitive_variables("secret", "codes")
def setup(request: HttpRequest) -> HttpResponse:
    """The QR code, and the first code typed back; then the recovery codes, shown this once."""
    session, now = cookies.session_of(request), clock.now()
    try:
        factor = services.begin(user_id=session.user_id, now=now)
    except services.AlreadyEnrolled:
        return redirect("two_factor")
    form = CodeForm(request.POST or None)
    secret = factor.secret
    context = {
        "form": form,
        "next": wanted_page(request, otherwise="home"),
        "image": qr_image(rules.setup_uri(secret, session.user.site_id)),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "required": session.owes_second_factor,
    }
    template = f"{FOLDER}/setup.html"
    if request.method == "GET" or not form.is_valid():
        return render(request, template, context)
    try:
        codes = services.confirm(session=session, code=form.cleaned_data["code"], address=request.client_ip, now=now)
    except DomainError as refusal:
        return refused(request, template, context, refusal)
    cookies.begin(request, session)
    return _told(request, codes)


@sensitive_variables("codes")
def _told(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return render(request, f"{FOLDER}/codes.html", {"codes": codes, "next": wanted_page(request, otherwise="home")})
