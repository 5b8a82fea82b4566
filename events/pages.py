"""What the events' pages have in common: one way to answer an act, with or without JavaScript."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from casino_club.core.errors import DomainError, NotFound
from economy.ledger.rules import Balances, level_of

LEVELS = {"success": messages.SUCCESS, "info": messages.INFO, "error": messages.ERROR}


class Collected(Protocol):
    """What claiming an event or a mission gives back."""

    rewards: Mapping[str, int]
    balances: Balances
    idempotent: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What to tell the player, and the level reached where the act raised it."""

    kind: str
    text: str
    level: int | None = None


def level_reached(balances: Balances, gained_xp: int) -> int | None:
    """The level, where the XP just gained raised it."""
    before, after = level_of(balances.xp - gained_xp).level, level_of(balances.xp).level
    return after if after > before else None


def collected(claimed: Collected, title: str) -> Said:
    """What to tell of a reward just collected, or collected before."""
    if claimed.idempotent:
        return Said("info", _("You already collected this reward."))
    level = level_reached(claimed.balances, claimed.rewards.get("exp", 0))
    return Said("success", _("The reward of “%(title)s” is yours.") % {"title": title}, level)


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
        said = Said("error", str(refusal.message))
    if not request.htmx:
        messages.add_message(request, LEVELS[said.kind], said.text)
        return redirect(back)
    response = fragment()
    trigger_client_event(response, "toast", {"kind": said.kind, "text": said.text})
    trigger_client_event(response, "balances", {})
    if said.level:
        trigger_client_event(response, "levelUp", {"level": said.level})
    return response
