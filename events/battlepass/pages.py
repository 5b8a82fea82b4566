"""The battle pass, for players' eyes: a path up the hill."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from casino_club.core import clock, idempotency
from casino_club.core.errors import InvalidInput
from casino_club.core.page_acts import Said, answer
from economy.ledger.selectors import wallet_of
from economy.seasons.selectors import next_season
from events.battlepass import services
from events.battlepass.path import path_of
from events.battlepass.rules import Track


@login_required
@require_safe
def battlepass(request: HttpRequest) -> HttpResponse:
    return render(request, "events/battlepass/page.html", _context(request))


@login_required
@require_POST
def claim(request: HttpRequest) -> HttpResponse:
    """Collect one tier's reward, or everything that waits where no tier is named."""

    def act() -> Said:
        now = clock.now()
        if "tier" in request.POST:
            collected = services.claim(player_id=request.user.pk, now=now, **_chosen(request))
            said = _("The reward of tier %(tier)s is yours.") % {"tier": collected.tiers[0]}
        else:
            collected = services.claim_all(player_id=request.user.pk, now=now)
            said = _("Everything you reached is yours.")
        if collected is None or collected.idempotent:
            return Said("info", _("You already collected this reward."))
        return Said("success", said)

    return _answer(request, act)


@login_required
@require_POST
def upgrade(request: HttpRequest) -> HttpResponse:
    """Buy the premium track; the form's hidden key makes a double press one purchase."""

    def act() -> Said:
        now = clock.now()

        def work() -> tuple[int, dict]:
            upgraded = services.upgrade(player_id=request.user.pk, now=now)
            return 200, {"season": upgraded.season.pk, "tiers": upgraded.tiers}

        idempotency.run(
            actor_id=request.user.pk,
            key=request.POST.get("key"),
            method="POST",
            path=request.path,
            body={},
            now=now,
            work=work,
        )
        return Said("success", _("The premium track is open. What you had reached is already yours."))

    return _answer(request, act)


def _chosen(request: HttpRequest) -> dict:
    tier, track, season = (request.POST.get(name, "") for name in ("tier", "track", "season"))
    if not (tier.isascii() and tier.isdigit() and season.isascii() and season.isdigit() and track in list(Track)):
        raise InvalidInput({"tier": [_("There is no such reward.")]})
    return {"tier": int(tier[:4]), "track": Track(track), "season_id": int(season[:18])}


def _answer(request: HttpRequest, act) -> HttpResponse:
    return answer(
        request,
        act,
        fragment=lambda: render(request, "events/battlepass/pass.html", _context(request)),
        back=reverse("battlepass"),
    )


def _context(request: HttpRequest) -> dict:
    now = clock.now()
    states = services.passes(player_id=request.user.pk, now=now)
    running = next((state for state in states if not state.is_over), None)
    return {
        "running": running,
        "path": path_of(running) if running else [],
        "previous": next((state for state in states if state.is_over), None),
        "waiting": sum(len(state.claimable) for state in states),
        "coming": next_season(now),
        "gems": wallet_of(request.user.pk).gems,
        "upgrade_key": uuid.uuid4().hex,
    }
