"""Who a page is for, and where somebody is led who has a second factor to prove or a password to change."""

from collections.abc import Callable

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from accounts.signin import cookies

# What stays open while a password has to be changed. The API guards itself (`signin.authentication`).
OPEN_PATHS = ("/api/", "/health", "/ready", "/metrics")
OPEN_PAGES = frozenset({"password_change", "logout", "set_language"})
SECOND_FACTOR_PAGES = frozenset({"two_factor", "two_factor_setup", "logout", "set_language"})


class SignedInMiddleware(AuthenticationMiddleware):
    """Sets `request.user` from the AuthSession behind the cookie, read only when somebody looks."""

    def process_request(self, request: HttpRequest) -> None:
        request.user = SimpleLazyObject(lambda: cookies.user_of(request))

    def process_view(self, request: HttpRequest, view: Callable, args, kwargs) -> HttpResponse | None:
        if request.path.startswith(OPEN_PATHS) or cookies.KEY not in request.session:
            return None
        name = request.resolver_match.view_name
        session = cookies.session_of(request)
        if session is not None and session.owes_second_factor:
            if name in SECOND_FACTOR_PAGES:
                return None
            wanted = {"next": request.get_full_path()} if request.method == "GET" else {}
            return redirect(f"{reverse('two_factor')}?{urlencode(wanted)}")
        if name not in OPEN_PAGES and getattr(request.user, "must_change_password", False):
            return redirect("password_change")
        return None
