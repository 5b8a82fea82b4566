"""Events as players and operators read them: a constant number of statements, however many events or participants."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Least

from casino_club.core.errors import NotFound
from events.live.models import Event, EventCount, Participation, ReportedProgress
from events.live.rules import GRACE, Phase
from events.progress import selectors as progress
from events.progress.rules import METRICS, is_complete, share_of
from events.progress.selectors import Span

LISTED = (Phase.LIVE, Phase.UPCOMING, Phase.GRACE, Phase.ENDED)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many have joined, completed and collected."""

    joined: int = 0
    completed: int = 0
    claimed: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """Where a player stands in an event; `progress` names every metric that the event asks for."""

    progress: dict[str, int]
    share: int = 0
    joined: bool = False
    completed: bool = False
    claimed: bool = False
    participation: Participation | None = None


def events_in(phase: Phase, now: datetime) -> QuerySet[Event]:
    """The events that stand in a phase, with their requirements; keyset key (-priority, -id)."""
    closes_at = Least(F("end_date"), Coalesce(F("deactivated_at"), F("end_date")))
    events = Event.objects.annotate(closes_at=closes_at).prefetch_related("requirements")
    match phase:
        case Phase.LIVE:
            return events.filter(is_active=True, start_date__lte=now, end_date__gt=now)
        case Phase.UPCOMING:
            return events.filter(is_active=True, start_date__gt=now)
        case Phase.GRACE:
            return events.filter(_was_active(), closes_at__lte=now, closes_at__gt=now - GRACE)
        case Phase.ENDED:
            return events.filter(_was_active(), closes_at__lte=now)
        case Phase.DRAFT:
            return events.filter(is_active=False, deactivated_at__isnull=True)


def _was_active() -> Q:
    return Q(is_active=True) | Q(deactivated_at__isnull=False)


def event_of(event_id: int) -> Event:
    """An event that players may see, with its requirements. Raises NotFound, for drafts as well."""
    event = Event.objects.filter(_was_active(), pk=event_id).prefetch_related("requirements").first()
    if event is None:
        raise NotFound
    return event


def counts_of(event_ids: Iterable[int]) -> dict[int, Counts]:
    """The true counts of each event, by its shards; one statement."""
    ids = list(event_ids)
    sums = (
        EventCount.objects.filter(event_id__in=ids)
        .values_list("event_id")
        .annotate(Sum("joined"), Sum("completed"), Sum("claimed"))
    )
    found = {event_id: Counts(*map(int, figures)) for event_id, *figures in sums}
    return {event_id: found.get(event_id, Counts()) for event_id in ids}


def states_of(player_id: int, events: Sequence[Event], *, now: datetime) -> dict[int, State]:
    """Where the player stands in each event. Three statements, or one where the player joined none of them."""
    joined = Participation.objects.filter(player_id=player_id, event__in=[event.pk for event in events])
    participations = {participation.event_id: participation for participation in joined}
    by_id = {event.pk: event for event in events}
    figures = progress_of(list(participations.values()), by_id, now=now)
    states = {event.pk: State(dict.fromkeys(event.targets, 0)) for event in events}
    for (event_id, participation), reached in zip(participations.items(), figures, strict=True):
        targets = by_id[event_id].targets
        completed = participation.completed_at is not None or is_complete(reached, targets)
        states[event_id] = State(
            progress=reached,
            share=100 if completed else share_of(reached, targets),
            joined=True,
            completed=completed,
            claimed=participation.claimed_at is not None,
            participation=participation,
        )
    return states


def progress_of(
    participations: Sequence[Participation], events: Mapping[int, Event], *, now: datetime
) -> list[dict[str, int]]:
    """What each participation has reached of its event's metrics, from joining to the event's close or `now`."""
    spans = [_span(participation, events[participation.event_id], now) for participation in participations]
    reported = _reported(participations, events)
    return [
        {
            name: derived[name] if name in derived else reported.get((participation.pk, name), 0)
            for name in events[participation.event_id].targets
        }
        for participation, derived in zip(participations, progress.values_of(spans), strict=True)
    ]


def _span(participation: Participation, event: Event, now: datetime) -> Span:
    since = max(participation.joined_at, event.start_date)
    metrics = tuple(name for name in event.targets if METRICS[name].is_derived)
    return Span.so_far(participation.player_id, since, event.schedule.closes_at, metrics, now)


def _reported(participations: Sequence[Participation], events: Mapping[int, Event]) -> dict[tuple[int, str], int]:
    wanted = [
        participation.pk
        for participation in participations
        if any(not METRICS[name].is_derived for name in events[participation.event_id].targets)
    ]
    if not wanted:
        return {}
    sums = ReportedProgress.objects.filter(participation__in=wanted).values_list("participation_id", "metric")
    return {(pk, metric): int(total) for pk, metric, total in sums.annotate(Sum("amount"))}


def participations_of(
    event: Event, *, completed: bool | None = None, claimed: bool | None = None
) -> QuerySet[Participation]:
    """Who takes part, with their names; None takes both kinds. Keyset key (-id)."""
    rows = Participation.objects.filter(event=event).select_related("player")
    if completed is not None:
        rows = rows.filter(completed_at__isnull=not completed)
    if claimed is not None:
        rows = rows.filter(claimed_at__isnull=not claimed)
    return rows
