"""What players do with events: join, report where that is allowed, complete, collect. Each once and only once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.inbox import services as inbox
from accounts.inbox.services import Notice
from casino_club.core import clock, metrics
from casino_club.core.errors import DomainError
from economy.ledger import services as ledger
from economy.ledger.rules import Balances, hour_of
from economy.rewards import services as rewards
from economy.webhooks import services as webhooks
from economy.webhooks.rules import EventType as WebhookType
from events.live.models import CompletionCheckpoint, Event, Participation, ReportedProgress
from events.live.rules import REWARD_REASON, REWARD_TYPE, REWARD_WAITING, SHARDS, Phase, reward_key, waiting_key
from events.live.selectors import State, event_of, progress_of, states_of
from events.progress.rules import is_complete

LATE_COMMITS = timedelta(minutes=10)
"""How long a transaction may take to show what it booked at its own `now`; the completion job looks that far back."""

participations_total = metrics.counter("event_participation_total", "Players who joined an event.", ["event_type"])

_JOIN = """
    WITH open AS (
        SELECT id, event_type FROM events_event
         WHERE id = %(event)s AND is_active AND start_date <= %(now)s AND end_date > %(now)s
    ), joined AS (
        INSERT INTO events_participation (event_id, player_id, joined_at, is_forced)
        SELECT id, %(player)s, %(now)s, false FROM open
        ON CONFLICT ON CONSTRAINT participation_once DO NOTHING
        RETURNING event_id
    ), counted AS (
        INSERT INTO events_eventcount AS c (event_id, shard, joined, completed, claimed)
        SELECT event_id, %(shard)s, 1, 0, 0 FROM joined
        ON CONFLICT ON CONSTRAINT event_count_once DO UPDATE SET joined = c.joined + 1
    )
    SELECT event_type FROM open JOIN joined ON joined.event_id = open.id
"""

# Rows first, in one order and without waiting for whoever is at them; the shared counts last, in one order.
_COMPLETE = f"""
    WITH due AS (
        SELECT id FROM events_participation
         WHERE id = ANY(%(ids)s) AND completed_at IS NULL ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
    ), done AS (
        UPDATE events_participation AS p SET completed_at = %(now)s FROM due WHERE p.id = due.id
        RETURNING p.event_id, p.player_id
    ), counted AS (
        INSERT INTO events_eventcount AS c (event_id, shard, joined, completed, claimed)
        SELECT event_id, player_id %% {SHARDS}, 0, count(*), 0 FROM done GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT ON CONSTRAINT event_count_once DO UPDATE SET completed = c.completed + excluded.completed
    )
    SELECT d.player_id, e.id, e.title, e.title_en FROM done AS d JOIN events_event AS e ON e.id = d.event_id
"""  # noqa: S608 - a constant

_CLAIM = """
    WITH claimed AS (
        UPDATE events_participation
           SET claimed_at = %(now)s, completed_at = %(completed_at)s, is_forced = %(forced)s
         WHERE id = %(id)s RETURNING event_id
    )
    INSERT INTO events_eventcount AS c (event_id, shard, joined, completed, claimed)
    SELECT event_id, %(shard)s, 0, %(completed)s, 1 FROM claimed
    ON CONFLICT ON CONSTRAINT event_count_once DO UPDATE
       SET completed = c.completed + excluded.completed, claimed = c.claimed + 1
"""

# From the few who played lately to their open participations, never from all participations.
_PLAYED_SINCE = """
    WITH active AS MATERIALIZED (SELECT DISTINCT player_id FROM economy_tally WHERE hour >= %(since)s)
    SELECT DISTINCT p.player_id
      FROM active JOIN events_participation p USING (player_id) JOIN events_event e ON e.id = p.event_id
     WHERE p.completed_at IS NULL AND least(e.end_date, e.deactivated_at) >= %(since)s
     ORDER BY p.player_id
"""


class EventClosed(DomainError):
    code = "event_closed"
    message = _("This event isn't open.")


class EventNotJoined(DomainError):
    code = "event_not_joined"
    message = _("Join the event first.")


class EventNotCompleted(DomainError):
    code = "event_not_completed"
    message = _("Not everything is done yet.")


class MetricIsServerDerived(DomainError):
    code = "metric_is_server_derived"
    status = 403
    message = _("This figure is counted by the server from your play.")


class DailyCapReached(DomainError):
    code = "daily_cap_reached"
    message = _("That is all that counts for today.")


@dataclass(frozen=True, slots=True)
class Joined:
    """The event's id, when the player joined it, and whether that was before this request."""

    event_id: int
    joined_at: datetime
    idempotent: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """What was given, what the wallet holds now, and whether it had been given before."""

    event: Event
    rewards: dict[str, int]
    balances: Balances
    idempotent: bool


def join(*, player_id: int, event_id: int, now: datetime) -> Joined:
    """Take part from `now` on; a repeat gives the first joining. One statement. Raises NotFound, EventClosed."""
    with connection.cursor() as cursor:
        cursor.execute(_JOIN, {"event": event_id, "player": player_id, "now": now, "shard": player_id % SHARDS})
        row = cursor.fetchone()
    if row is not None:
        metrics.committed(participations_total.labels(row[0]))
        return Joined(event_id, now, idempotent=False)
    event = event_of(event_id)
    joined_at = (
        Participation.objects.filter(player_id=player_id, event=event).values_list("joined_at", flat=True).first()
    )
    if joined_at is None:
        raise EventClosed
    return Joined(event_id, joined_at, idempotent=True)


def states(*, player_id: int, events: Sequence[Event], now: datetime) -> dict[int, State]:
    """Where the player stands in each event; what is found complete is noted, and stays so."""
    found = states_of(player_id, events, now=now)
    complete(
        (
            state.participation.pk
            for state in found.values()
            if state.completed and state.participation.completed_at is None
        ),
        now=now,
    )
    return found


def report(*, player_id: int, event_id: int, reported: Mapping[str, int], now: datetime) -> State:
    """Take what a client reports of metrics marked so: each figure is the player's new total, which never falls.

    All or nothing. Raises NotFound, MetricIsServerDerived, EventClosed, EventNotJoined, DailyCapReached.
    """
    event = event_of(event_id)
    caps = {requirement.metric: requirement.daily_cap for requirement in event.requirements.all()}
    derived = [name for name in reported if caps.get(name) is None]
    if derived:
        raise MetricIsServerDerived(extra={"metrics": derived})
    if event.phase(now) != Phase.LIVE:
        raise EventClosed
    with transaction.atomic():
        participation = Participation.objects.select_for_update().filter(player_id=player_id, event=event).first()
        if participation is None:
            raise EventNotJoined
        for name, total in sorted(reported.items()):
            _take_report(participation, name, total, caps[name], now)
    return states(player_id=player_id, events=[event], now=now)[event.pk]


def _take_report(participation: Participation, name: str, total: int, cap: int, now: datetime) -> None:
    today = clock.game_date(now)
    by_date = dict(
        ReportedProgress.objects.filter(participation=participation, metric=name).values_list("date", "amount")
    )
    more = total - sum(by_date.values())
    if more <= 0:
        return
    so_far = by_date.get(today, 0)
    if so_far + more > cap:
        raise DailyCapReached(extra={"metric": name, "daily_cap": cap, "remaining_today": cap - so_far})
    ReportedProgress.objects.update_or_create(
        participation=participation, metric=name, date=today, defaults={"amount": so_far + more}
    )


def claim(*, player_id: int, event_id: int, now: datetime) -> Claimed:
    """Collect a completed event's reward, up to 7 days after its end; a repeat gives the same and pays nothing.

    Raises NotFound, EventNotJoined, EventClosed, EventNotCompleted.
    """
    event = event_of(event_id)
    with transaction.atomic():
        ledger.lock_wallet(player_id)
        participation = locked_participation(player_id, event)
        if participation.claimed_at is None:
            if now >= event.schedule.claimable_until:
                raise EventClosed
            if participation.completed_at is None and not _has_completed(participation, event, now):
                raise EventNotCompleted
        return pay(event, participation, metadata={"event": event.pk}, forced=False, now=now)


def locked_participation(player_id: int, event: Event) -> Participation:
    """The player's participation, locked until the transaction ends. Raises EventNotJoined."""
    participation = (
        Participation.objects.select_for_update(no_key=True).filter(player_id=player_id, event=event).first()
    )
    if participation is None:
        raise EventNotJoined
    return participation


def pay(event: Event, participation: Participation, *, metadata: Mapping, forced: bool, now: datetime) -> Claimed:
    """Grant the event's reward once and note it. The caller holds the wallet and the participation."""
    player_id = participation.player_id
    granted = rewards.grant(
        player_id=player_id,
        reward_type=REWARD_TYPE,
        amounts=event.amounts,
        key=reward_key(player_id, event.pk),
        reason=REWARD_REASON,
        metadata=metadata,
        now=now,
    )
    if participation.claimed_at is None:
        completes = participation.completed_at is None and not forced
        told = {"event_id": event.pk, "player_id": player_id, "rewards": event.rewards, "forced": forced}
        webhooks.publish(event_type=WebhookType.EVENT_CLAIMED, payload=told, now=now)
        inbox.read_by_key(player_id=player_id, key=waiting_key(event.pk), now=now)
        with connection.cursor() as cursor:
            cursor.execute(
                _CLAIM,
                {
                    "id": participation.pk,
                    "now": now,
                    "completed_at": now if completes else participation.completed_at,
                    "completed": int(completes),
                    "forced": forced,
                    "shard": player_id % SHARDS,
                },
            )
    return Claimed(event, event.rewards, granted.balances, granted.idempotent)


def complete(participation_ids: Iterable[int], *, now: datetime) -> int:
    """Note that these are complete, count them, and tell their players; those already noted stay as they are.

    Returns how many were new.
    """
    ids = list(participation_ids)
    if not ids:
        return 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_COMPLETE, {"ids": ids, "now": now})
            noted = cursor.fetchall()
        notices = [
            Notice(player_id, REWARD_WAITING.name, {"title": {"ko": title, "en": title_en}}, waiting_key(event_id))
            for player_id, event_id, title, title_en in noted
        ]
        inbox.notify_all(notices=notices, now=now)
    return len(noted)


def complete_reached(*, now: datetime, batch: int = 1000) -> int:
    """Note every participation that play has completed since the last run; safe to run twice and at once.

    Looks only at players with play since then, `batch` of them at a time. Returns how many were noted.
    """
    checkpoint = CompletionCheckpoint.objects.filter(pk=1).first()
    since = hour_of(checkpoint.through - LATE_COMMITS) if checkpoint else datetime.min.replace(tzinfo=now.tzinfo)
    with connection.cursor() as cursor:
        cursor.execute(_PLAYED_SINCE, {"since": since})
        players = [player_id for (player_id,) in cursor]
    noted = sum(_complete_of(players[first : first + batch], since, now) for first in range(0, len(players), batch))
    CompletionCheckpoint.objects.update_or_create(pk=1, defaults={"through": now})
    return noted


def _complete_of(player_ids: Sequence[int], since: datetime, now: datetime) -> int:
    participations = list(
        Participation.objects.filter(player_id__in=player_ids, completed_at__isnull=True, event__end_date__gte=since)
    )
    events = Event.objects.prefetch_related("requirements").in_bulk({row.event_id for row in participations})
    figures = progress_of(participations, events, now=now)
    reached = [
        participation.pk
        for participation, progress in zip(participations, figures, strict=True)
        if is_complete(progress, events[participation.event_id].targets)
    ]
    return complete(reached, now=now)


def _has_completed(participation: Participation, event: Event, now: datetime) -> bool:
    (progress,) = progress_of([participation], {event.pk: event}, now=now)
    return is_complete(progress, event.targets)
