"""The pages for a forgotten password: ask for a link, and choose a new one by it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.recovery import services as recovery
from accounts.signin import cookies
from casino_club.core import clock
from casino_club.core.errors import DomainError
from casino_club.web.signin.answers import RESET_ASKED, refused
from casino_club.web.signin.forms import NewPasswordForm, PasswordResetForm


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a link; the answer never says whether there is such an account."""
    form = PasswordResetForm(request.POST or None)
    template, context = "accounts/password_reset.html", {"form": form}
    if request.method == "GET" or not form.is_valid():
        return render(request, template, context)
    try:
        recovery.ask(
            email=form.cleaned_data["email"],
            language=translation.get_language(),
            address=request.client_ip,
            now=clock.now(),
        )
    except DomainError as refusal:
        return refused(request, template, context, refusal)
    return render(request, template, {**context, "asked": RESET_ASKED})


@never_cache
@sensitive_post_parameters("new_password")
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a new password by the link; whoever was signed in in this browser is not any more."""
    now = clock.now()
    user = recovery.user_behind(code, now=now)
    if user is None:
        return render(request, "accounts/password_reset_over.html", status=400)
    form = NewPasswordForm(request.POST or None)
    template, context = "accounts/new_password.html", {"form": form, "owner": user}
    if request.method == "GET" or not form.is_valid():
        return render(request, template, context)
    try:
        recovery.reset(code=code, **form.cleaned_data, address=request.client_ip, now=now)
    except recovery.ResetLinkInvalid:
        return render(request, "accounts/password_reset_over.html", status=400)
    except DomainError as refusal:
        return refused(request, template, context, refusal)
    cookies.end(request)
    messages.success(request, _("Your new password is set. Sign in with it."))
    return redirect("login")
