"""Streaks and the days behind them. PostgreSQL is the authority; Redis only mirrors."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casino_club.core import audit
from economy.streaks import rules

ACTION_CHOICES = [(action.value, label) for action, label in rules.ACTION_LABELS.items()]
ACTIONS = [action.value for action in rules.Action]


@audit.track(
    *("player", "action", "count", "longest", "last_date", "protections", "protection_enabled"),
    only_named=True,
)
class StreakState(models.Model):
    """The player's latest run of days for one action, as of `last_date`; it ends when a later day passes uncovered."""

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    action = models.CharField(_("action"), max_length=20, choices=ACTION_CHOICES)
    count = models.PositiveIntegerField(_("days in a row"), default=0)
    longest = models.PositiveIntegerField(_("longest"), default=0)
    last_date = models.DateField(
        _("last day"), null=True, help_text=_("The last game day that was attended or covered.")
    )
    protections = models.PositiveSmallIntegerField(_("protections held"), default=0)
    protection_enabled = models.BooleanField(_("protection on"), default=True)
    protection_since = models.DateField(
        _("protection on since"), null=True, help_text=_("Earlier misses are not covered. Empty: it was never off.")
    )
    updated_at = models.DateTimeField(_("updated at"))

    class Meta:
        verbose_name = _("streak")
        verbose_name_plural = _("streaks")
        constraints = [
            models.UniqueConstraint(fields=["player", "action"], name="streak_once_per_action"),
            models.CheckConstraint(condition=Q(action__in=ACTIONS), name="streak_action_known"),
            models.CheckConstraint(condition=Q(longest__gte=F("count")), name="streak_longest_at_least_count"),
            models.CheckConstraint(
                condition=Q(protections__lte=rules.PROTECTIONS_MAX), name="streak_protections_within_bound"
            ),
        ]
        # The repair walks the live streaks of an action by their last day.
        indexes = [models.Index(fields=["last_date", "action"], name="streak_last_date")]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.count}"


@audit.track("player", "action", "date", "source", only_named=True)
class AttendanceDay(models.Model):
    """One game day that counts for a player's streak of an action, and why it does."""

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    action = models.CharField(_("action"), max_length=20, choices=ACTION_CHOICES)
    date = models.DateField(_("day"))
    source = models.CharField(
        _("source"), max_length=10, choices=[(source.value, label) for source, label in rules.SOURCE_LABELS.items()]
    )
    created_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("attendance day")
        verbose_name_plural = _("attendance days")
        constraints = [
            models.UniqueConstraint(fields=["player", "action", "date"], name="attendance_once_per_day"),
            models.CheckConstraint(condition=Q(action__in=ACTIONS), name="attendance_action_known"),
            models.CheckConstraint(
                condition=Q(source__in=[source.value for source in rules.Source]), name="attendance_source_known"
            ),
        ]
        indexes = [models.Index(fields=["date", "action"], name="attendance_date")]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.date}"


@audit.track("date", "dry_run", "players", only_named=True)
class StreakRepairReport(models.Model):
    """What one run of the repair found and did, or, of a dry run, would do."""

    date = models.DateField(_("day"), help_text=_("The game day it ran for: misses of earlier days are settled."))
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"))
    dry_run = models.BooleanField(_("dry run"), default=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("asked for by")
    )
    players = models.PositiveIntegerField(_("players checked"), default=0)
    active_streaks = models.PositiveIntegerField(_("active streaks"), default=0)
    attendance_added = models.PositiveIntegerField(_("days added"), default=0)
    locks_dropped = models.PositiveIntegerField(_("locks dropped"), default=0)
    counters_rebuilt = models.PositiveIntegerField(_("counters rebuilt"), default=0)
    protections_spent = models.PositiveIntegerField(_("protections spent"), default=0)
    streaks_ended = models.PositiveIntegerField(_("streaks ended"), default=0)
    sets_restored = models.PositiveIntegerField(
        _("attendance restored in Redis"), default=0, help_text=_("Streaks whose attendance set lacked a day.")
    )
    values_restored = models.PositiveIntegerField(
        _("values restored in Redis"),
        default=0,
        help_text=_("Counters, protections and locks Redis had otherwise."),
    )
    players_skipped = models.PositiveIntegerField(
        _("players skipped"), default=0, help_text=_("They were playing just then; the next run looks at them again.")
    )
    failures = models.JSONField(_("failures"), default=list, help_text=_("Players the repair failed for, and why."))

    class Meta:
        verbose_name = _("streak repair report")
        verbose_name_plural = _("streak repair reports")
        indexes = [models.Index(fields=["-started_at"], name="streak_repair_newest")]

    def __str__(self) -> str:
        return f"{self.date}"

    @property
    def changes(self) -> int:
        """Everything that was put right, in PostgreSQL and in Redis; 0 where all was as it should be."""
        return sum(getattr(self, action) for action in rules.RepairAction)
