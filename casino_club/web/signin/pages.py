"""The pages of an account: sign up, sign in, sign out, profile, password."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.sessions import services as sessions
from accounts.sessions.models import AuthSession, RevokedFor, SessionKind
from accounts.sessions.rules import device_of
from accounts.sessions.selectors import live_sessions_of
from accounts.sessions.tokens import as_session_id
from accounts.signin import cookies
from accounts.signin import services as signin
from accounts.users.models import User
from accounts.users.services import update_profile
from casino_club.core import clock, ratelimit
from casino_club.core.errors import DomainError
from casino_club.core.page_acts import wanted_page
from casino_club.web.player import profile_payload
from casino_club.web.signin.answers import refused
from casino_club.web.signin.forms import PasswordChangeForm, ProfileForm, SignInForm, SignUpForm
from economy.onboarding.services import WELCOME_GIFT
from economy.onboarding.services import sign_up as join
from games.profile.panel import panel_of

LISTED_SESSIONS = 50


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Join with an invite code; the new player is signed in at once."""
    if request.user.is_authenticated:
        return redirect(wanted_page(request, otherwise="home"))
    form = SignUpForm(request.POST or None)
    context = {"form": form, "next": wanted_page(request, otherwise="home"), "welcome_gold": WELCOME_GIFT.gold}
    if request.method == "GET" or not form.is_valid():
        return render(request, "accounts/sign_up.html", context)
    now = clock.now()
    try:
        ratelimit.hit("signup", request.client_ip, settings.RATE_SIGNUP_PER_HOUR, 3600)
        user = join(**form.cleaned_data, now=now)
    except DomainError as refusal:
        return refused(request, "accounts/sign_up.html", context, refusal)
    cookies.begin(request, signin.begin_first_session(user=user, **_browser(request), now=now))
    messages.success(
        request, _("Welcome, %(nickname)s! Your welcome gold is in your wallet.") % {"nickname": user.nickname}
    )
    return redirect(wanted_page(request, otherwise="home"))


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The one door for players and operators. A lock shows how long it lasts."""
    if request.user.is_authenticated:
        return redirect(wanted_page(request, otherwise="home"))
    form = SignInForm(request.POST or None)
    context = {"form": form, "next": wanted_page(request, otherwise="home")}
    if request.method == "GET" or not form.is_valid():
        return render(request, "accounts/sign_in.html", context)
    given = form.cleaned_data
    try:
        session = signin.sign_in(
            name=given["site_id"], password=given["password"], **_browser(request), now=clock.now()
        )
    except DomainError as refusal:
        return refused(request, "accounts/sign_in.html", context, refusal)
    cookies.begin(request, session)
    return _in_language_of(session.user, redirect(wanted_page(request, otherwise="home")))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this browser's session; a repeat is harmless."""
    session = cookies.session_of(request)
    if session is not None:
        sessions.revoke(AuthSession.objects.filter(pk=session.pk), reason=RevokedFor.LOGOUT, now=clock.now())
    cookies.end(request)
    return redirect("home")


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """What is known about the player, what they may change of it, and where they are signed in."""
    now = clock.now()
    user = request.user
    if request.method == "GET":
        known = {name: getattr(user, name) for name in ProfileForm.base_fields}
        return _profile(request, ProfileForm(initial=known), now=now)
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _profile(request, form, now=now)
    try:
        user = update_profile(user_id=user.pk, changes=form.cleaned_data)
    except DomainError as refusal:
        form.show(refusal)
        return _profile(request, form, now=now)
    messages.success(request, _("Saved."))
    return _in_language_of(user, redirect("profile"))


@login_required
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """End one of the player's sessions from the list."""
    wanted = as_session_id(request.POST.get("session"))
    try:
        if wanted is not None:
            sessions.revoke_one(user_id=request.user.pk, session_id=wanted, now=clock.now())
        messages.success(request, _("That device is signed out."))
    except DomainError:
        messages.info(request, _("That session was already over."))
    return redirect("profile")


@login_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    here = cookies.session_of(request)
    sessions.revoke_all(
        user_id=request.user.pk, reason=RevokedFor.LOGOUT_ALL, now=clock.now(), except_id=here.pk if here else None
    )
    messages.success(request, _("All other devices are signed out."))
    return redirect("profile")


@never_cache
@sensitive_post_parameters("current_password", "new_password")
@login_required
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password; every other session of the player ends."""
    form = PasswordChangeForm(request.POST or None)
    context = {"form": form, "required": request.user.must_change_password}
    if request.method == "GET" or not form.is_valid():
        return render(request, "accounts/change_password.html", context)
    session = cookies.session_of(request)
    try:
        signin.change_password(session=session, **form.cleaned_data, address=request.client_ip, now=clock.now())
    except DomainError as refusal:
        return refused(request, "accounts/change_password.html", context, refusal)
    cookies.begin(request, session)
    messages.success(request, _("Your password is changed. All other devices are signed out."))
    return redirect("home" if context["required"] else "profile")


def _profile(request: HttpRequest, form: ProfileForm, *, now: datetime) -> HttpResponse:
    here = cookies.session_of(request)
    listed = [
        {
            "row": row,
            "device": device_of(row.user_agent),
            "is_current": row.pk == here.pk,
            "is_in_use": now - row.last_seen_at < sessions.SEEN_EVERY,
        }
        for row in live_sessions_of(request.user.pk, now=now)[:LISTED_SESSIONS]
    ]
    listed.sort(key=lambda session: not session["is_current"])
    context = {
        "form": form,
        "profile": profile_payload(request.user, now=now),
        "stats": panel_of(request.user.pk, now=now),
        "sessions": listed,
        "now": now,
    }
    return render(request, "accounts/profile.html", context)


def _browser(request: HttpRequest) -> dict:
    return {
        "kind": SessionKind.COOKIE,
        "address": request.client_ip,
        "user_agent": request.headers.get("User-Agent", ""),
    }


def _in_language_of(user: User, response: HttpResponse) -> HttpResponse:
    """Let the browser follow the language that the player chose, if they chose one."""
    if user.language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
    return response
