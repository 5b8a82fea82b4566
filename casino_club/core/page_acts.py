"""How a page answers an act of its reader: one way, with or without JavaScript."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import trigger_client_event

from casino_club.core.errors import DomainError, NotFound

LEVELS = {"success": messages.SUCCESS, "info": messages.INFO, "error": messages.ERROR}


@dataclass(frozen=True, slots=True)
class Said:
    """What to tell the player (`kind`: success, info or error), and the level reached where the act raised it."""

    kind: str
    text: str
    level: int | None = None


def wanted_page(request: HttpRequest, *, otherwise: str) -> str:
    """Where the reader wanted to go (`next`), if that is a place of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else resolve_url(otherwise)


def answer(
    request: HttpRequest, act: Callable[[], Said], *, fragment: Callable[[], HttpResponse], back: str
) -> HttpResponse:
    """Do `act`; htmx gets the fresh fragment with a toast, a plain form the page `back` with the same words.

    Raises Http404 for what does not exist.
    """
    try:
        said = act()
    except NotFound as error:
        raise Http404 from error
    except DomainError as refusal:
        said = Said("error", str(refusal.counted().message))
    if not request.htmx:
        messages.add_message(request, LEVELS[said.kind], said.text)
        return redirect(back)
    response = fragment()
    trigger_client_event(response, "toast", {"kind": said.kind, "text": said.text})
    trigger_client_event(response, "balances", {})
    if said.level:
        trigger_client_event(response, "levelUp", {"level": said.level})
    return response
