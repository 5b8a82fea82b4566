"""Rounds of crash as players may see them: nothing of an open one tells when it ends."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import DateTimeField, Func, QuerySet

from casino_club.core.errors import NotFound
from games.crash import rules
from games.crash.rules import Status
from games.rounds.models import Round

RECENT = 12


@dataclass(frozen=True, slots=True)
class Play:
    """A round as it stands: `crash_point` and `at_ms` are None until it is settled."""

    game_id: int
    bet: int
    auto_cashout: int | None
    status: Status
    multiplier: int
    win: int
    crash_point: int | None
    at_ms: int | None
    started_at: datetime
    server_seed_hash: str
    client_seed: str
    nonce: int


class ClockTimestamp(Func):
    """The database's clock at the moment it is asked, inside a transaction as well."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = DateTimeField()


def database_now() -> datetime:
    """The moment by the clock that all nodes share. A cash-out counts from it: it is read before any lock is taken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def round_of(player_id: int, game_id: int) -> Round:
    """The player's round of crash with its seed pair, `is_due` when it is open and over. Raises NotFound."""
    found = _rounds().filter(pk=game_id, player_id=player_id).annotate(asked_at=ClockTimestamp()).first()
    if found is None:
        raise NotFound
    found.is_due = found.status == Round.Status.OPEN and found.due_at <= found.asked_at
    return found


def open_round_of(player_id: int) -> Round | None:
    """The player's open round of crash with its seed pair."""
    return _rounds().filter(player_id=player_id, status=Round.Status.OPEN).first()


def open_rounds_of(player_ids: Collection[int], due_by: datetime) -> list[Round]:
    """The open rounds of some players that are over, with their seed pairs."""
    return list(_rounds().filter(player_id__in=player_ids, status=Round.Status.OPEN, due_at__lte=due_by))


def due_players() -> list[int]:
    """Whose rounds are over and not settled, the longest ago first."""
    due = Round.objects.filter(game=rules.GAME, status=Round.Status.OPEN, due_at__lte=ClockTimestamp())
    return list(due.order_by("due_at").values_list("player_id", flat=True))


def seconds_left(game_id: int) -> float | None:
    """How long an open round still lasts; None once it is settled. For the server's own timers, never for an answer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM due_at - clock_timestamp()) FROM games_round WHERE id = %s AND status = 'open'",
            [game_id],
        )
        row = cursor.fetchone()
    return max(0.0, float(row[0])) if row else None


def settled_of(game_ids: Collection[int]) -> list[int]:
    """Those of the rounds that are settled, of thousands as quickly as of a few."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM games_round WHERE id = ANY(%s) AND status = 'settled'", [list(game_ids)])
        return [game_id for (game_id,) in cursor.fetchall()]


def recent_of(player_id: int) -> list[Play]:
    """The player's last settled rounds, the latest first."""
    rounds = _rounds().filter(player_id=player_id, status=Round.Status.SETTLED).order_by("-pk")
    return [as_play(played) for played in rounds[:RECENT]]


def as_play(played: Round) -> Play:
    """What its player may know of a round."""
    record = played.outcome
    return Play(
        game_id=played.pk,
        bet=played.bet,
        auto_cashout=record["auto_cashout"],
        status=Status(record.get("status", Status.PLACED)),
        multiplier=played.multiplier,
        win=played.win,
        crash_point=record.get("crash_point"),
        at_ms=record.get("at_ms"),
        started_at=played.created_at,
        server_seed_hash=played.seed_pair.server_seed_hash,
        client_seed=played.seed_pair.client_seed,
        nonce=played.nonce,
    )


def _rounds() -> QuerySet[Round]:
    return Round.objects.filter(game=rules.GAME).select_related("seed_pair")
