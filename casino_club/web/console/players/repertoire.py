"""The acts that operators have on a player's page."""

from collections.abc import Callable

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.sessions.models import RevokedFor
from accounts.sessions.selectors import live_sessions_of
from accounts.sessions.services import revoke_all
from accounts.signin.services import deactivate, reactivate
from accounts.users.models import User
from casino_club.core import roles
from casino_club.web.console.players.acts import Act, ActForm, Figures, NothingToDo, On
from economy.grants import services as grants
from economy.grants.rules import ASSETS, MOST, in_words
from economy.ledger.rules import ASSET_LABELS
from economy.ledger.selectors import wallet_of
from economy.streaks.models import StreakRepairReport
from economy.streaks.repair import repair_players
from economy.streaks.rules import RepairAction
from games.profile.labels import healed_in_words
from games.stats.services import recalculate


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


# --- Grant --------------------------------------------------------------------------------------------------------
def _amount(asset: str) -> forms.IntegerField:
    return forms.IntegerField(label=ASSET_LABELS[asset], min_value=0, max_value=MOST, required=False)


class GrantForm(ActForm):
    """What is given, above why."""

    gold = _amount("gold")
    gems = _amount("gems")
    xp = _amount("xp")
    vip_points = _amount("vip_points")
    field_order = [*ASSETS, "reason", "key"]


def _look_at_grant(on: On) -> list[str]:
    looked = grants.preview(player_id=on.player.pk, amounts=on.given, operator_id=on.operator.pk, now=on.now)
    given = {**on.given, "gold": looked.gold}
    wallet = wallet_of(on.player.pk)
    lines = [
        f"{ASSET_LABELS[asset]}: {getattr(wallet, asset):,} → {getattr(wallet, asset) + given[asset]:,}"
        for asset in ASSETS
        if given[asset]
    ]
    if looked.gold < on.given["gold"]:
        lines.append(
            _("Of %(asked)s gold the policy of special rewards leaves %(gold)s.")
            % {"asked": f"{on.given['gold']:,}", "gold": f"{looked.gold:,}"}
        )
    if looked.needs_approval:
        lines.append(_("That is more than one operator gives alone: nothing is given until a second one agrees."))
    return lines


def _grant(on: On) -> Figures:
    outcome = grants.grant(
        player_id=on.player.pk, amounts=on.given, reason=on.reason, operator_id=on.operator.pk, now=on.now
    )
    if outcome.approval:
        return {"approval": outcome.approval.pk}
    reward = outcome.granted.reward
    return {
        "gold": reward.gold_amount,
        "gems": reward.gem_amount,
        "xp": reward.xp_amount,
        "vip_points": reward.vip_points,
    }


def _grant_told(figures: Figures) -> str:
    if "approval" in figures:
        return _("Request %(number)s waits for a second operator.") % {"number": figures["approval"]}
    return _("Given: %(what)s") % {"what": in_words(figures)}


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
    return [healed_in_words(row) for row in healed]


def _recalculate(on: On) -> Figures:
    healed = recalculate(user_id=on.player.pk, operator_id=on.operator.pk, reason=on.reason, now=on.now)
    return {"rows": len(healed)}


def _statistics_told(figures: Figures) -> str:
    return ngettext("%(count)d row healed.", "%(count)d rows healed.", figures["rows"]) % {"count": figures["rows"]}


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
            code="grant",
            label=gettext_lazy("Grant"),
            explanation=gettext_lazy(
                "Gold, gems, XP or VIP points as a special reward; much of it needs a second operator."
            ),
            may=_one_of("support", "economy"),
            fits=lambda player: not player.is_staff,
            preview=_look_at_grant,
            perform=_grant,
            told=_grant_told,
            form=GrantForm,
        ),
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
