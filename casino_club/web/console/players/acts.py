"""What operators can do about a player: each act looks first, is done once for its form, and is written down with why."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.care import services as care
from accounts.sessions.models import RevokedFor
from accounts.sessions.selectors import live_sessions_of
from accounts.sessions.services import revoke_all
from accounts.signin.services import deactivate, reactivate
from accounts.users.models import User
from casino_club.core import audit, idempotency, roles
from casino_club.core.errors import DomainError
from economy.streaks.models import StreakRepairReport
from economy.streaks.repair import repair_players
from economy.streaks.rules import RepairAction
from games.stats.services import recalculate

Figures = dict[str, int]


class ActForm(forms.Form):
    """Every act asks why. `key` makes one act of a form that is sent twice."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = forms.CharField(
        label=gettext_lazy("reason"),
        min_length=2,
        max_length=audit.REASON_MAX,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("For the audit; no personal data."),
    )

    def given(self) -> Figures:
        """What the act asks besides the reason."""
        return {name: value or 0 for name, value in self.cleaned_data.items() if name not in ("key", "reason")}


@dataclass(frozen=True, slots=True)
class On:
    """On whom an act falls, by whom, with which figures, and why."""

    player: User
    operator: User
    given: Figures
    reason: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """`preview` says in lines what would happen, `perform` does it and gives figures that `told` puts into words.

    A `self_contained` act has transactions of its own and changes nothing when it is done again; every other one is done
    in one transaction with its idempotency record. Both may raise DomainError. It is offered where it `fits`.
    """

    code: str
    label: str
    explanation: str
    may: Callable[[User, User], bool]
    preview: Callable[[On], list[str]]
    perform: Callable[[On], Figures]
    told: Callable[[Figures], str]
    form: type[ActForm] = ActForm
    fits: Callable[[User], bool] = lambda _player: True
    is_grave: bool = False
    self_contained: bool = False


class NothingToDo(DomainError):
    code = "nothing_to_do"
    message = gettext_lazy("There is nothing to do: it is so already.")


def carry_out(act: Act, on: On, *, key: str, path: str) -> str:
    """Do it once for (operator, key), written down with the reason; what came of it, in words.

    Raises what the act refuses with, and what `idempotency.run` raises.
    """
    reason = care.checked_reason(on.reason)

    def work() -> tuple[int, Figures]:
        with audit.acting(operator_id=on.operator.pk, reason=reason):
            figures = act.perform(on)
            care.record(
                player_id=on.player.pk,
                operator_id=on.operator.pk,
                act=act.code,
                reason=reason,
                result=figures,
                key=key,
                now=on.now,
            )
        return 200, figures

    if act.self_contained:
        return act.told(work()[1])
    body = {"act": act.code, "reason": reason, **on.given}
    stored = idempotency.run(
        actor_id=on.operator.pk, key=key, method="POST", path=path, body=body, now=on.now, work=work
    )
    return _("This was done already.") if stored.hit else act.told(json.loads(stored.body))


# --- Who may ------------------------------------------------------------------------------------------------------
def _security(operator: User, player: User) -> bool:
    """Operators are looked after by superusers only; the deleted by nobody."""
    if player.deleted_at is not None or player.pk == operator.pk:
        return False
    return roles.has(operator, "security") and (operator.is_superuser or not (player.is_staff or player.is_superuser))


def _one_of(*names: str) -> Callable[[User, User], bool]:
    """Operators with one of the roles; nobody acts on the deleted."""

    def may(operator: User, player: User) -> bool:
        return player.deleted_at is None and any(roles.has(operator, name) for name in names)

    return may


# --- Ban and unban ------------------------------------------------------------------------------------------------
def _look_at_ban(on: On) -> list[str]:
    if not on.player.is_active:
        raise NothingToDo
    return [
        _("%(player)s can't sign in any more, from the next request on.") % {"player": on.player},
        *_look_at_sessions(on),
        _("Balances, streak and prizes stay; an open round is settled by itself."),
    ]


def _ban(on: On) -> Figures:
    if not User.objects.filter(pk=on.player.pk, is_active=True).exists():
        raise NothingToDo
    live = live_sessions_of(on.player.pk, now=on.now).count()
    deactivate(user_id=on.player.pk, now=on.now)
    return {"sessions": live}


def _look_at_unban(on: On) -> list[str]:
    if on.player.is_active:
        raise NothingToDo
    return [_("%(player)s can sign in again. Ended sessions stay ended.") % {"player": on.player}]


def _unban(on: On) -> Figures:
    if User.objects.filter(pk=on.player.pk, is_active=True).exists():
        raise NothingToDo
    reactivate(user_id=on.player.pk)
    return {}


# --- Sessions -----------------------------------------------------------------------------------------------------
def _look_at_sessions(on: On) -> list[str]:
    count = live_sessions_of(on.player.pk, now=on.now).count()
    return [ngettext("%(count)d session ends.", "%(count)d sessions end.", count) % {"count": count}]


def _end_sessions(on: On) -> Figures:
    return {"sessions": revoke_all(user_id=on.player.pk, reason=RevokedFor.OPERATOR, now=on.now)}


def _sessions_told(figures: Figures) -> str:
    count = figures["sessions"]
    return ngettext("%(count)d session ended.", "%(count)d sessions ended.", count) % {"count": count}


# --- Statistics ---------------------------------------------------------------------------------------------------
def _look_at_statistics(on: On) -> list[str]:
    healed = recalculate(user_id=on.player.pk, operator_id=on.operator.pk, reason=on.reason, now=on.now, dry_run=True)
    if not healed:
        return [_("Every figure agrees with the rounds: nothing would change.")]
    return [
        _("%(game)s%(day)s: %(before)s becomes %(after)s")
        % {
            "game": row.game,
            "day": f" {row.date}" if row.date else "",
            "before": _figures(row.before),
            "after": _figures(row.after),
        }
        for row in healed
    ]


def _recalculate(on: On) -> Figures:
    healed = recalculate(user_id=on.player.pk, operator_id=on.operator.pk, reason=on.reason, now=on.now)
    return {"rows": len(healed)}


def _statistics_told(figures: Figures) -> str:
    return ngettext("%(count)d row healed.", "%(count)d rows healed.", figures["rows"]) % {"count": figures["rows"]}


def _figures(figures: Figures | None) -> str:
    return ", ".join(f"{name} {value:,}" for name, value in figures.items()) if figures else "–"


# --- Streak -------------------------------------------------------------------------------------------------------
def _look_at_streak(on: On) -> list[str]:
    report = repair_players(player_ids=[on.player.pk], operator_id=on.operator.pk, now=on.now, dry_run=True)
    if not report.changes:
        return [_("The streak is as its days say: nothing would change.")]
    return [f"{_repair_label(name)}: {count:,}" for name, count in _repairs(report).items()]


def _repair_streak(on: On) -> Figures:
    return _repairs(repair_players(player_ids=[on.player.pk], operator_id=on.operator.pk, now=on.now))


def _repair_label(name: str) -> str:
    return str(StreakRepairReport._meta.get_field(name).verbose_name)


def _repairs(report: StreakRepairReport) -> Figures:
    return {action.value: count for action in RepairAction if (count := getattr(report, action))}


def _streak_told(figures: Figures) -> str:
    count = sum(figures.values())
    return ngettext("%(count)d thing put right.", "%(count)d things put right.", count) % {"count": count}


ACTS = {
    act.code: act
    for act in (
        Act(
            code="end_sessions",
            label=gettext_lazy("End all sessions"),
            explanation=gettext_lazy("Every browser and app of the player has to sign in again."),
            may=_security,
            preview=_look_at_sessions,
            perform=_end_sessions,
            told=_sessions_told,
        ),
        Act(
            code="recalculate",
            label=gettext_lazy("Recalculate statistics"),
            explanation=gettext_lazy("Statistics are rebuilt from the player's rounds."),
            may=_one_of("support"),
            preview=_look_at_statistics,
            perform=_recalculate,
            told=_statistics_told,
        ),
        Act(
            code="repair_streak",
            label=gettext_lazy("Repair the streak"),
            explanation=gettext_lazy("Days, counter and Redis are brought back to what the player did."),
            may=_one_of("support", "economy"),
            preview=_look_at_streak,
            perform=_repair_streak,
            told=_streak_told,
            self_contained=True,
        ),
        Act(
            code="ban",
            label=gettext_lazy("Ban"),
            explanation=gettext_lazy("The player is kept out until the ban is lifted."),
            may=_security,
            fits=lambda player: player.is_active,
            preview=_look_at_ban,
            perform=_ban,
            told=lambda figures: _("Banned. %(sessions)s") % {"sessions": _sessions_told(figures)},
            is_grave=True,
        ),
        Act(
            code="unban",
            label=gettext_lazy("Lift the ban"),
            explanation=gettext_lazy("The player may come in again."),
            may=_security,
            fits=lambda player: not player.is_active,
            preview=_look_at_unban,
            perform=_unban,
            told=lambda figures: _("The ban is lifted."),
        ),
    )
}
