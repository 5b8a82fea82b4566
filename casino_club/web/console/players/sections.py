"""What an operator may know of one player, a section at a time; each in a fixed number of statements."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from accounts.care.models import OperatorAct
from accounts.care.selectors import acts_of, notes_of
from accounts.sessions.models import AuthSession
from accounts.sessions.rules import device_of
from accounts.users.models import User
from casino_club.core import roles
from casino_club.core.api import page_of
from casino_club.web.console.players.repertoire import ACTS
from economy.ledger.rules import ASSET_LABELS, Asset, label_of
from economy.ledger.selectors import days_of, entries_of, wallet_of
from economy.limits.rules import KIND_LABELS, REST_LABELS
from economy.limits.selectors import standing_of as limits_of
from economy.queries import read_choice
from economy.segments.rules import SEGMENT_LABELS
from economy.segments.selectors import segment_of
from economy.shop.rules import Currency, Status
from economy.shop.selectors import purchases_of
from economy.streaks import selectors as streaks
from economy.streaks.rules import ACTION_LABELS, Action
from economy.streaks.timeline import legend, timeline_of
from economy.vip.rules import standing_of as vip_of
from events.battlepass.services import passes
from events.live.cards import cards_for
from events.live.models import Event, Participation
from events.missions.selectors import missions_of, states_of
from games.rounds.models import Game, Round
from games.rounds.rules import times
from games.stats.selectors import stats_of

SESSIONS_SHOWN = 50
NOTES_SHOWN = 100
EVENTS_SHOWN = 50
DAYS_SHOWN = 14
MAY_SEE_LIMITS = ("support", "security")


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose page it is, who looks at it with which query string, and when."""

    player: User
    operator: User
    query: Request
    now: datetime


@dataclass(frozen=True, slots=True)
class Section:
    """`context` reads all that the section's template (`admin/console/player/<code>.html`) shows.

    It raises InvalidInput where the query string makes no sense.
    """

    code: str
    label: str
    context: Callable[[Asked], dict]

    @property
    def template(self) -> str:
        return f"admin/console/player/{self.code}.html"


def _summary(asked: Asked) -> dict:
    """Who it is, what they hold, how they stand: one look before anything is answered."""
    player = asked.player
    wallet = wallet_of(player.pk)
    total, by_game = stats_of(player.pk)
    sold = purchases_of(player.pk).filter(currency=Currency.KRW)
    return {
        "segment": SEGMENT_LABELS[segment_of(player.pk)],
        "wallet": wallet,
        "vip": vip_of(wallet.vip_points),
        "streak": streaks.status(player.pk, Action.DAILY_LOGIN, asked.now, signed_up_at=player.created_at),
        "stats": total,
        "games": [(Game(game).label, figures) for game, figures in by_game.items()],
        "days": days_of(player.pk, days=DAYS_SHOWN, now=asked.now),
        "purchases": sold.aggregate(
            paid=Count("pk", filter=Q(paid_at__isnull=False)),
            spent=Sum("amount", filter=Q(paid_at__isnull=False), default=0),
            refunded=Sum("refunded_amount", default=0),
            waiting=Count("pk", filter=Q(status=Status.PENDING)),
        ),
        "notes": notes_of(player.pk)[:3],
    }


def _ledger(asked: Asked) -> dict:
    chosen = read_choice(asked.query, "asset", list(Asset))
    rows = entries_of(asked.player.pk, asset=Asset(chosen) if chosen else None)
    return {"page": page_of(rows, asked.query, serialize=_entry), "chosen": chosen, "choices": _choices(ASSET_LABELS)}


def _entry(entry) -> dict:
    return {"entry": entry, "label": label_of(entry.reason), "asset": ASSET_LABELS[Asset(entry.asset)]}


def _rounds(asked: Asked) -> dict:
    chosen = read_choice(asked.query, "game", list(Game.values))
    # What the index of a player's history holds: however many rounds of other games lie between, no row is read.
    rows = Round.objects.filter(player=asked.player).only("game", "status", "bet", "win", "multiplier", "settled_at")
    if chosen:
        rows = rows.filter(game=chosen)
    page = page_of(rows, asked.query, serialize=_round, key=("-id",))
    return {"page": page, "chosen": chosen, "choices": Game.choices}


def _round(played: Round) -> dict:
    return {"round": played, "times": times(played.multiplier)}


def _streak(asked: Asked) -> dict:
    chosen = read_choice(asked.query, "action", list(Action), default=Action.DAILY_LOGIN)
    action = Action(chosen)
    return {
        "months": timeline_of(asked.player, action, now=asked.now),
        "legend": legend(),
        "status": streaks.status(asked.player.pk, action, asked.now, signed_up_at=asked.player.created_at),
        "protection": streaks.protection(asked.player.pk, asked.now) if action == Action.DAILY_LOGIN else None,
        "chosen": chosen,
        "choices": _choices(ACTION_LABELS),
    }


def _events(asked: Asked) -> dict:
    player_id, now = asked.player.pk, asked.now
    joined = Participation.objects.filter(player=player_id).order_by("-pk").values("event_id")[:EVENTS_SHOWN]
    running = Q(is_active=True, start_date__lte=now, end_date__gt=now)
    events = Event.objects.filter(Q(pk__in=joined) | running).prefetch_related("requirements")
    missions = missions_of().order_by("mission_type", "sort_order")
    return {
        "cards": cards_for(player_id, list(events.order_by("-priority", "-id")), now=now),
        "missions": states_of(player_id, list(missions), now=now),
        "passes": passes(player_id=player_id, now=now),
    }


def _purchases(asked: Asked) -> dict:
    return {"page": page_of(purchases_of(asked.player.pk), asked.query, serialize=lambda one: {"purchase": one})}


def _sessions(asked: Asked) -> dict:
    rows = AuthSession.objects.filter(user=asked.player).order_by("-created_at", "-id")[:SESSIONS_SHOWN]
    return {
        "sessions": [
            (
                session,
                device_of(session.user_agent) or session.user_agent,
                session.revoked_at is None and session.expires_at > asked.now,
            )
            for session in rows
        ]
    }


def _limits(asked: Asked) -> dict:
    """What the player set for themselves: only for those who answer players."""
    if not any(roles.has(asked.operator, role) for role in MAY_SEE_LIMITS):
        return {"is_hidden": True}
    standing = limits_of(asked.player.pk, now=asked.now)
    return {
        "limits": [(KIND_LABELS[kind], limit) for kind, limit in standing.limits.items()],
        "rests": [(REST_LABELS[rest], ends_at) for rest, ends_at in standing.rests.items()],
        "used": standing.used,
    }


def _notes(asked: Asked) -> dict:
    acts = page_of(acts_of(asked.player.pk), asked.query, serialize=_act, key=("-id",))
    return {"notes": notes_of(asked.player.pk)[:NOTES_SHOWN], "page": acts}


def _act(done: OperatorAct) -> dict:
    known = ACTS.get(done.act)
    return {"act": done, "label": known.label if known else done.act, "told": known.told(done.result) if known else ""}


def _choices(labels) -> list[tuple[str, str]]:
    return [(name.value, label) for name, label in labels.items()]


SECTIONS = {
    section.code: section
    for section in (
        Section("summary", _("Summary"), _summary),
        Section("ledger", _("Ledger"), _ledger),
        Section("rounds", _("Rounds"), _rounds),
        Section("streak", _("Attendance"), _streak),
        Section("events", _("Events and missions"), _events),
        Section("purchases", _("Purchases"), _purchases),
        Section("sessions", _("Sessions"), _sessions),
        Section("limits", _("Limits"), _limits),
        Section("notes", _("Notes and acts"), _notes),
    )
}
FIRST = "summary"
