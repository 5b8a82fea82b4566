"""Streaks and the days behind them. PostgreSQL is the authority; Redis only mirrors."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from economy.streaks import rules

ACTION_CHOICES = [(action.value, label) for action, label in rules.ACTION_LABELS.items()]
ACTIONS = [action.value for action in rules.Action]


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
        return f"{self.action} {self.count}"


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
        return f"{self.action} {self.date}"
