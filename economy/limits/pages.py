"""The settings page: the player's own limits and breaks, each a form that works without scripts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from casino_club.core import clock
from casino_club.core.errors import DomainError
from economy.limits import services
from economy.limits.forms import ExcludeForm, LimitsForm, PauseForm
from economy.limits.rules import KIND_LABELS, Kind, Limit, Rest, Standing
from economy.limits.selectors import standing_of


@dataclass(frozen=True)
class Row:
    """A limit as the page lists it: in force, used today, and what takes its place when."""

    label: str
    amount: int | None
    used: int
    pending: Limit | None


@never_cache
@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return _page(request, clock.now())


@login_required
@require_POST
def save_limits(request: HttpRequest) -> HttpResponse:
    """Set the three limits as the form says; a looser one takes its time."""
    form, now = LimitsForm(request.POST), clock.now()
    wanted = {Kind(name): form.cleaned_data[name] for name in form.fields} if form.is_valid() else {}

    def save() -> str:
        standing = services.set_limits(player_id=request.user.pk, wanted=wanted, now=now)
        if any(limit.next_at for limit in standing.limits.values()):
            return _("Saved. What is stricter counts now, what is looser in 24 hours.")
        return _("Saved. Your limits count from now on.")

    return _answer(request, now, form, "limits_form", save)


@login_required
@require_POST
def begin_pause(request: HttpRequest) -> HttpResponse:
    """A break of 1, 7 or 30 days."""
    form, now = PauseForm(request.POST), clock.now()

    def begin() -> str:
        services.pause(player_id=request.user.pk, hours=form.cleaned_data["hours"], now=now)
        return _("Your break has begun. Enjoy the time off.")

    return _answer(request, now, form, "pause_form", begin)


@login_required
@require_POST
def begin_exclusion(request: HttpRequest) -> HttpResponse:
    """No play for half a year or more."""
    form, now = ExcludeForm(request.POST), clock.now()

    def begin() -> str:
        services.exclude(player_id=request.user.pk, days=form.cleaned_data["days"], now=now)
        return _("You are excluded from play from now on. Take good care of yourself.")

    return _answer(request, now, form, "exclude_form", begin)


def _answer(request: HttpRequest, now: datetime, form: forms.Form, name: str, act: Callable[[], str]) -> HttpResponse:
    """Do it and lead back to the page, or show the page with what is wrong beside its field."""
    if form.is_valid():
        try:
            messages.success(request, act())
        except DomainError as refusal:
            form.add_error(None, str(refusal.message))
        else:
            return redirect("settings")
    return _page(request, now, **{name: form})


def _page(request: HttpRequest, now: datetime, **bound: forms.Form) -> HttpResponse:
    standing = standing_of(request.user.pk, now=now)
    initial = {kind.value: _aim(standing.limits.get(kind, Limit())) for kind in Kind}
    context = {
        "limits_form": LimitsForm(initial=initial),
        "pause_form": PauseForm(),
        "exclude_form": ExcludeForm(),
        **bound,
        "rows": _rows(standing),
        "paused_until": standing.rests.get(Rest.PAUSE),
        "excluded_until": standing.rests.get(Rest.EXCLUSION),
        "resets_at": clock.next_reset(now),
    }
    return render(request, "economy/settings.html", context)


def _aim(limit: Limit) -> int | None:
    """What the player asked for last: the limit on its way, if one is, so that saving again changes nothing."""
    return limit.next_amount if limit.next_at else limit.amount


def _rows(standing: Standing) -> list[Row]:
    used = {
        Kind.WAGER: standing.used.wagered,
        Kind.LOSS: max(0, standing.used.lost),
        Kind.MINUTES: standing.used.minutes,
    }
    rows = []
    for kind, label in KIND_LABELS.items():
        limit = standing.limits.get(kind, Limit())
        rows.append(Row(str(label), limit.amount, used[kind], limit if limit.next_at else None))
    return rows
