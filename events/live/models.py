"""Live events, what they ask for, who takes part, and counts that stay true however many join at once."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casino_club.core import audit
from events.live.rules import SHARDS, Phase, Schedule
from events.progress.models import REWARDS, Rewarding, Titled, gives_something
from events.progress.rules import METRICS, TARGET_MAX

REFUSE_ONCE_JOINED = """
    PERFORM 1 FROM events_event WHERE id = {event} FOR UPDATE;
    IF EXISTS (SELECT 1 FROM events_participation WHERE event_id = {event}) THEN
        RAISE EXCEPTION 'requirements and rewards are frozen: somebody has joined event %', {event}
              USING ERRCODE = 'check_violation', CONSTRAINT = 'event_frozen_once_joined';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


class EventType(models.TextChoices):
    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")
    SPECIAL = "special", _("Special")
    SEASONAL = "seasonal", _("Seasonal")


@audit.track(
    "title", "event_type", "start_date", "end_date", *REWARDS, "priority", "is_active", "deactivated_at", "image_url"
)
class Event(Titled, Rewarding):
    """What operators announce and players join. Requirements and rewards are frozen once somebody has joined."""

    event_type = models.CharField(_("type"), max_length=8, choices=EventType, default=EventType.SPECIAL)
    start_date = models.DateTimeField(_("starts at"))
    end_date = models.DateTimeField(_("ends at"))
    image_url = models.CharField(_("image"), max_length=300, blank=True)
    priority = models.IntegerField(_("priority"), default=0, help_text=_("The higher, the earlier in every list."))
    is_active = models.BooleanField(_("active"), default=True)
    deactivated_at = models.DateTimeField(_("deactivated at"), null=True, blank=True, editable=False)
    code = models.CharField(_("made from"), max_length=40, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("made by"),
    )
    created_at = models.DateTimeField(_("made at"), editable=False)
    updated_at = models.DateTimeField(_("changed at"), editable=False)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.CheckConstraint(condition=Q(end_date__gt=F("start_date")), name="event_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(event_type__in=EventType.values), name="event_type_known"),
            models.CheckConstraint(condition=gives_something(), name="event_gives_something"),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(deactivated_at__isnull=True), name="event_active_or_deactivated"
            ),
        ]
        indexes = [models.Index(fields=["-priority", "-id"], name="event_by_priority")]
        triggers = [
            pgtrigger.Trigger(
                name="rewards_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(*REWARDS),
                func=REFUSE_ONCE_JOINED.format(event="NEW.id"),
            )
        ]

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.start_date, self.end_date, self.is_active, self.deactivated_at)

    @property
    def targets(self) -> dict[str, int]:
        """{metric: target}; reads the prefetched requirements."""
        return {requirement.metric: requirement.target for requirement in self.requirements.all()}

    def phase(self, now) -> Phase:
        return self.schedule.phase(now)


@audit.track("metric", "target", "daily_cap")
class Requirement(models.Model):
    """One thing an event asks for. With a daily cap it is one that clients report; without, it is derived."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="requirements", verbose_name=_("event"))
    metric = models.CharField(
        _("metric"), max_length=40, choices=[(metric.name, metric.label) for metric in METRICS.values()]
    )
    target = models.BigIntegerField(_("target"))
    daily_cap = models.BigIntegerField(
        _("reported: most a day"),
        null=True,
        blank=True,
        help_text=_("For metrics that the client reports: how much of it counts for a player each day."),
    )

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "metric"], name="requirement_once"),
            models.CheckConstraint(
                condition=Q(target__gte=1, target__lte=TARGET_MAX), name="requirement_target_positive"
            ),
            models.CheckConstraint(
                condition=Q(daily_cap__isnull=True) | Q(daily_cap__gte=1), name="requirement_cap_positive"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="requirement_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=REFUSE_ONCE_JOINED.format(event="NEW.event_id"),
            ),
            pgtrigger.Trigger(
                name="requirement_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=REFUSE_ONCE_JOINED.format(event="OLD.event_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_metric_display()} {self.target:,}"


class Participation(models.Model):
    """A player in an event. `completed_at` is set once and stays; `is_forced`: an operator paid it."""

    event = models.ForeignKey(Event, models.PROTECT, db_index=False, related_name="+", verbose_name=_("event"))
    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    joined_at = models.DateTimeField(_("joined at"))
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)
    is_forced = models.BooleanField(_("paid by an operator"), default=False)

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints = [
            models.UniqueConstraint(fields=["player", "event"], name="participation_once"),
            models.CheckConstraint(
                condition=Q(claimed_at__isnull=True) | Q(completed_at__isnull=False) | Q(is_forced=True),
                name="participation_claimed_when_completed",
            ),
        ]
        indexes = [
            models.Index(fields=["event", "-id"], name="participation_of_event"),
            models.Index(
                fields=["event", "-id"], condition=Q(completed_at__isnull=False), name="participation_completed"
            ),
            models.Index(fields=["event", "-id"], condition=Q(claimed_at__isnull=False), name="participation_claimed"),
        ]

    def __str__(self) -> str:
        return f"{self.event} · {self.player}"


class EventCount(models.Model):
    """One of an event's `SHARDS` parts of its counts, chosen by the player; their sum is the figure."""

    event = models.ForeignKey(Event, models.CASCADE, db_index=False, related_name="+", verbose_name=_("event"))
    shard = models.SmallIntegerField()
    joined = models.BigIntegerField(default=0)
    completed = models.BigIntegerField(default=0)
    claimed = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "shard"], name="event_count_once"),
            models.CheckConstraint(condition=Q(shard__gte=0, shard__lt=SHARDS), name="event_count_shard_known"),
        ]


class ReportedProgress(models.Model):
    """What a player's client has reported of a metric on one game day."""

    participation = models.ForeignKey(Participation, models.PROTECT, db_index=False, related_name="+")
    metric = models.CharField(max_length=40)
    date = models.DateField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "metric", "date"], name="reported_once_a_day"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="reported_not_negative"),
        ]


@audit.track("participation", "reason")
class ForcedClaim(models.Model):
    """An operator paid a participation's reward, and why."""

    participation = models.OneToOneField(Participation, models.PROTECT, verbose_name=_("participation"))
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("operator"))
    reason = models.CharField(_("reason"), max_length=200)
    created_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("forced claim")
        verbose_name_plural = _("forced claims")

    def __str__(self) -> str:
        return self.reason


class CompletionCheckpoint(models.Model):
    """Up to when the completion job has looked at play; one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    through = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_completion_checkpoint")]
