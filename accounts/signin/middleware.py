"""Who a page is for, and where somebody with a password to change is led."""

from collections.abc import Callable

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from accounts.signin import cookies

# What stays open while a password has to be changed. The API guards itself (`signin.authentication`).
OPEN_PATHS = ("/api/", "/health", "/ready", "/metrics")
OPEN_PAGES = frozenset({"password_change", "logout", "set_language"})


class SignedInMiddleware(AuthenticationMiddleware):
    """Sets `request.user` from the AuthSession behind the cookie, read only when somebody looks."""

    def process_request(self, request: HttpRequest) -> None:
        request.user = SimpleLazyObject(lambda: cookies.user_of(request))

    def process_view(self, request: HttpRequest, view: Callable, args, kwargs) -> HttpResponse | None:
        if request.path.startswith(OPEN_PATHS) or request.resolver_match.view_name in OPEN_PAGES:
            return None
        if cookies.KEY in request.session and getattr(request.user, "must_change_password", False):
            return redirect("password_change")
        return None
