"""The attendance book as a page: a month of days, and the protection that keeps a streak."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from rest_framework.request import Request

from casino_club.core import clock
from casino_club.core.errors import InvalidInput
from casino_club.core.page_acts import Said, answer
from economy.queries import read_choice, read_whole
from economy.streaks.rules import ACTION_LABELS, ONE_DAY, PROTECTED_ACTIONS, PROTECTIONS_MAX, Action
from economy.streaks.selectors import history, protection, status
from economy.streaks.services import set_protection


@dataclass(frozen=True)
class Tab:
    """A streak of the player's, and whether it is the one shown."""

    label: str
    url: str
    here: bool


@login_required
@require_GET
def month(request: HttpRequest) -> HttpResponse:
    """A month of one action's days, by default this one of the daily attendance; htmx gets it without the page."""
    now, asked = clock.now(), Request(request)
    today, joined = clock.game_date(now), clock.game_date(request.user.created_at)
    try:
        action = Action(read_choice(asked, "action", list(Action), default=Action.DAILY_LOGIN))
        year = read_whole(asked, "year", least=joined.year, most=today.year, default=today.year)
        number = read_whole(asked, "month", least=1, most=12, default=today.month)
    except InvalidInput:
        return redirect("streak")
    first = date(year, number, 1)
    if not joined.replace(day=1) <= first <= today:
        return redirect("streak")
    shown = history(request.user.pk, action, year=year, month=number, now=now, signed_up_at=request.user.created_at)
    context = {
        "tabs": [Tab(str(label), _url(one), one == action) for one, label in ACTION_LABELS.items()],
        "streak": status(request.user.pk, action, now),
        "first": first,
        "weeks": _weeks(shown.days, first),
        "month_total": shown.month_total,
        "earlier_url": _url(action, first - ONE_DAY) if joined < first else "",
        "later_url": _url(action, shown.days[-1].date + ONE_DAY) if shown.days[-1].date < today else "",
        "protectable": action in PROTECTED_ACTIONS,
        **_protection(request, now),
    }
    return render(request, "economy/streak_book.html" if request.htmx else "economy/streak.html", context)


@login_required
@require_POST
def switch_protection(request: HttpRequest) -> HttpResponse:
    """Turn protection on or off; htmx gets the panel back, a plain form the page."""
    now = clock.now()
    enabled = request.POST.get("enabled") == "1"

    def act() -> Said:
        set_protection(player_id=request.user.pk, enabled=enabled, now=now)
        on, off = _("Protection is on. It keeps your streak from today."), _("Protection is off.")
        return Said("success", on if enabled else off)

    def fragment() -> HttpResponse:
        return render(request, "economy/streak_protection.html", _protection(request, now))

    return answer(request, act, fragment=fragment, back="streak")


def _protection(request: HttpRequest, now: datetime) -> dict:
    found = protection(request.user.pk, now)
    return {"protection": found, "places": [place < found.held for place in range(PROTECTIONS_MAX)]}


def _weeks(days: list, first: date) -> list[list]:
    """The month's days in rows from Sunday to Saturday; None fills the corners."""
    cells = [None] * (first.isoweekday() % 7) + days
    cells += [None] * (-len(cells) % 7)
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def _url(action: Action, within: date | None = None) -> str:
    query = {} if action == Action.DAILY_LOGIN else {"action": action.value}
    if within is not None:
        query |= {"year": within.year, "month": within.month}
    return f"{reverse('streak')}?{urlencode(query)}" if query else reverse("streak")
