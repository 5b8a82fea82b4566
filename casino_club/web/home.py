"""The first page: who I am, what I can collect now, what is on."""

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.telemetry.services import note_visit
from casino_club.core import clock
from casino_club.core.page_acts import Said, answer
from economy.onboarding.services import WELCOME_GIFT
from economy.streaks import selectors as streaks
from economy.streaks.rules import Action, reward_for
from economy.streaks.services import Claimed, claim
from economy.vip import selectors as vip
from events.home.services import panel as events_panel
from events.live import preview
from games.odds.selectors import lobby


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Signed out: what the club offers. Signed in: the player's day."""
    now = clock.now()
    context = {"games": lobby()}
    if request.user.is_authenticated:
        context["streak"] = _streak(request, now)
        context["vip"] = vip.status(user_id=request.user.pk, now=now)
        context["events_panel"] = events_panel(player_id=request.user.pk, now=now)
    else:
        note_visit(visitor=f"{request.client_ip}|{request.headers.get('User-Agent', '')[:200]}", now=now)
        context["events_preview"] = preview.current(now=now)
        context["first_day"] = reward_for(1)
        context["welcome"] = WELCOME_GIFT
    return render(request, "web/home.html", context)


@login_required
@require_GET
def balances(request: HttpRequest) -> HttpResponse:
    """The header's chips, fresh from the server."""
    return render(request, "components/balances.html")


@login_required
@require_GET
def streak_week(request: HttpRequest) -> HttpResponse:
    """The week's panel as it stands now."""
    return render(request, "components/streak_week.html", {"streak": _streak(request, clock.now())})


@login_required
@require_POST
def claim_streak(request: HttpRequest) -> HttpResponse:
    """Collect the day's reward; htmx gets the week's panel back, a plain form the home page."""
    now = clock.now()

    def act() -> Said:
        return _told(claim(player_id=request.user.pk, action=Action.DAILY_LOGIN, now=now))

    def fragment() -> HttpResponse:
        return render(request, "components/streak_week.html", {"streak": _streak(request, now)})

    return answer(request, act, fragment=fragment, back="home")


def _told(claimed: Claimed) -> Said:
    if claimed.idempotent:
        return Said("info", _("You already collected today. Come back after the reset."))
    paid = {"gold": f"{claimed.awarded_gold:,}", "xp": claimed.awarded_xp}
    return Said("success", _("You collected %(gold)s gold and %(xp)s XP.") % paid)


def _streak(request: HttpRequest, now: datetime) -> streaks.StreakStatus:
    """The week as pages show it: days before the sign-up are nobody's miss."""
    return streaks.status(request.user.pk, Action.DAILY_LOGIN, now, signed_up_at=request.user.created_at)
