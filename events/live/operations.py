"""What operators do with events. Everything here is a deliberate, audited write; players' doors never come this way."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from casino_club.core import audit
from casino_club.core.errors import DomainError, InvalidInput, NotFound
from economy.ledger import services as ledger
from events.live import services
from events.live.models import Event, ForcedClaim, Participation, Requirement
from events.live.rules import MODEL_INDEX, Asked, Draft, Template, faults_of
from events.live.selectors import Counts, counts_of
from events.live.services import Claimed, EventNotJoined
from events.progress.models import REWARDS

SEED_LOCK = 5505


class EventFrozen(DomainError):
    code = "event_frozen"
    message = _("Somebody has joined: requirements and rewards can't be changed any more.")


class ForceNotJoined(EventNotJoined):
    status = 400
    message = _("This player has not joined the event.")


class AlreadyClaimed(DomainError):
    code = "already_claimed"
    status = 400
    message = _("This player has already collected the reward.")


@dataclass(frozen=True, slots=True)
class Seeded:
    """The event made from a template, and whether it was there already."""

    event: Event
    idempotent: bool


@dataclass(frozen=True, slots=True)
class Report:
    """How many joined, completed and collected, how many were paid by an operator, and what was paid in all."""

    counts: Counts
    forced: int
    paid: dict[str, int]

    @property
    def completion_percent(self) -> int:
        return self._of_joined(self.counts.completed)

    @property
    def claim_percent(self) -> int:
        return self._of_joined(self.counts.claimed)

    def _of_joined(self, count: int) -> int:
        """Per cent of who takes part: operators also pay who has not completed."""
        return count * 100 // self.counts.joined if self.counts.joined else 0


def draft_of(event: Event) -> Draft:
    """An event as a draft: what can be changed, as it stands."""
    return Draft(
        title=event.title,
        title_en=event.title_en,
        description=event.description,
        description_en=event.description_en,
        event_type=event.event_type,
        start_date=event.start_date,
        end_date=event.end_date,
        requirements=tuple(Asked(row.metric, row.target, row.daily_cap) for row in event.requirements.all()),
        rewards=event.rewards,
        image_url=event.image_url,
        priority=event.priority,
        is_active=event.is_active,
    )


def create(*, draft: Draft, operator_id: int | None, now: datetime, code: str = "") -> Event:
    """Make an event. Raises InvalidInput naming each fault."""
    _demand_sound(draft)
    with transaction.atomic():
        event = Event(created_by_id=operator_id, created_at=now, code=code)
        return _write(event, draft, now)


def update(*, event_id: int, draft: Draft, now: datetime) -> Event:
    """Bring an event to the draft. Raises NotFound, InvalidInput, EventFrozen (requirements, rewards, once joined)."""
    _demand_sound(draft)
    with transaction.atomic():
        event = _locked(event_id)
        before = draft_of(event)
        if (before.requirements, before.rewards) != (draft.requirements, _given(draft)) and has_participants(event_id):
            raise EventFrozen
        return _write(event, draft, now)


def deactivate(*, event_id: int, now: datetime) -> Event:
    """Close an event now; a repeat changes nothing. What was completed can still be collected for 7 days."""
    return _set_active(event_id, active=False, now=now)


def activate(*, event_id: int, now: datetime) -> Event:
    """Open an event (again) within its window; a repeat changes nothing."""
    return _set_active(event_id, active=True, now=now)


def duplicate(*, event_id: int, operator_id: int, now: datetime) -> Event:
    """A draft of the same event, as long, beginning an hour from now, that nobody sees until it is activated."""
    event = Event.objects.filter(pk=event_id).prefetch_related("requirements").first()
    if event is None:
        raise NotFound
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    end = start + (event.end_date - event.start_date)
    draft = replace(draft_of(event), start_date=start, end_date=end, is_active=False)
    return create(draft=draft, operator_id=operator_id, now=now)


def force_claim(*, event_id: int, player_id: int, operator_id: int, reason: str, now: datetime) -> Claimed:
    """Pay a participant the reward, completed or not, once; audited.

    Raises NotFound, ForceNotJoined, AlreadyClaimed.
    """
    event = Event.objects.filter(pk=event_id).prefetch_related("requirements").first()
    if event is None:
        raise NotFound
    with transaction.atomic(), audit.acting(operator_id=operator_id, reason=reason):
        if not Participation.objects.filter(player_id=player_id, event=event).exists():
            raise ForceNotJoined
        ledger.lock_wallet(player_id)
        participation = services.locked_participation(player_id, event)
        if participation.claimed_at is not None:
            raise AlreadyClaimed
        ForcedClaim.objects.create(participation=participation, operator_id=operator_id, reason=reason, created_at=now)
        metadata = {"event": event.pk, "forced_by": operator_id}
        return services.pay(event, participation, metadata=metadata, forced=True, now=now)


def seed(*, template: Template = MODEL_INDEX, operator_id: int | None, now: datetime) -> Seeded:
    """Bring out the template's event, or return the one of it that has not ended. Of many at once, one makes it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEED_LOCK])
        running = seeded(template, now=now)
        if running is not None:
            return Seeded(running, idempotent=True)
        event = create(draft=template.at(now), operator_id=operator_id, now=now, code=template.code)
        return Seeded(event, idempotent=False)


def seeded(template: Template, *, now: datetime) -> Event | None:
    """The template's event that has not ended, if there is one."""
    return (
        Event.objects.filter(code=template.code, is_active=True, end_date__gt=now)
        .prefetch_related("requirements")
        .first()
    )


def report(event: Event) -> Report:
    """The event's figures. Its reward is frozen from the first join on, so what it paid is claims × reward."""
    counts = counts_of([event.pk])[event.pk]
    forced = ForcedClaim.objects.filter(participation__event=event).count()
    paid = {name: amount * counts.claimed for name, amount in event.rewards.items()}
    return Report(counts, forced, paid)


def has_participants(event_id: int) -> bool:
    """Whether anybody has joined."""
    return Participation.objects.filter(event_id=event_id).exists()


def _set_active(event_id: int, *, active: bool, now: datetime) -> Event:
    with transaction.atomic():
        event = _locked(event_id)
        if event.is_active != active:
            event.is_active = active
            event.deactivated_at = None if active else now
            event.updated_at = now
            event.save(update_fields=["is_active", "deactivated_at", "updated_at"])
    return event


def _locked(event_id: int) -> Event:
    # FOR UPDATE waits for joins under way and keeps new ones out, so "nobody has joined" stays true until the commit.
    event = Event.objects.select_for_update().filter(pk=event_id).prefetch_related("requirements").first()
    if event is None:
        raise NotFound
    return event


def _demand_sound(draft: Draft) -> None:
    faults = faults_of(draft)
    if faults:
        raise InvalidInput(faults)


def _given(draft: Draft) -> dict[str, int]:
    return {name: draft.rewards[name] for name in REWARDS if draft.rewards.get(name)}


def _write(event: Event, draft: Draft, now: datetime) -> Event:
    """The event with all of the draft; requirements are rewritten only where they differ."""
    changes_requirements = event.pk is None or draft_of(event).requirements != draft.requirements
    if event.pk is not None and event.is_active != draft.is_active:
        event.deactivated_at = None if draft.is_active else now
    for name in (
        *("title", "title_en", "description", "description_en", "event_type"),
        *("start_date", "end_date", "image_url", "priority", "is_active"),
    ):
        setattr(event, name, getattr(draft, name))
    for name in REWARDS:
        setattr(event, name, draft.rewards.get(name, 0))
    event.updated_at = now
    event.save()
    if changes_requirements:
        event.requirements.all().delete()
        Requirement.objects.bulk_create(
            Requirement(event=event, metric=asked.metric, target=asked.target, daily_cap=asked.daily_cap)
            for asked in draft.requirements
        )
    return Event.objects.prefetch_related("requirements").get(pk=event.pk)
