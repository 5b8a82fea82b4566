"""The device cookie: given where a purchase may happen and nowhere else, read at the doors of a purchase.

It is ours alone, random, and says nothing; it only lets attempts from one browser be counted together. Clients without
cookies send the same kind of text as `X-Device-Id`.
"""

import functools
import re
import secrets
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

HEADER = "X-Device-Id"
COOKIE = "__Host-device" if settings.PRODUCTION else "device"
FORM = re.compile(r"[A-Za-z0-9._-]{8,128}")
KEPT_FOR = timedelta(days=400)  # as long as browsers keep any cookie


def fingerprint_of(request: HttpRequest | Request) -> str | None:
    """What tells the caller's device from others, if it says so."""
    given = request.headers.get(HEADER) or request.COOKIES.get(COOKIE) or ""
    return given if FORM.fullmatch(given) else None


def gives_device(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page from which somebody signed in may buy: a browser without a device cookie leaves it with one."""

    @functools.wraps(view)
    def marking(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.user.is_authenticated and not FORM.fullmatch(request.COOKIES.get(COOKIE, "")):
            response.set_cookie(
                COOKIE,
                secrets.token_urlsafe(24),
                max_age=KEPT_FOR,
                secure=settings.PRODUCTION,
                httponly=True,
                samesite="Lax",
            )
        return response

    return marking
