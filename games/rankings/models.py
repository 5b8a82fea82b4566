"""Boards that are over, as they stood at their end."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from games.rankings.rules import Metric, Span

SPAN_LABELS = {
    Span.DAILY: pgettext_lazy("ranking", "Day"),
    Span.WEEKLY: pgettext_lazy("ranking", "Week"),
    Span.SEASON: pgettext_lazy("ranking", "Season"),
}
METRIC_LABELS = {Metric.NET: _("Net winnings"), Metric.XP: _("XP")}


class Leaderboard(models.Model):
    """One closed board: its period, how many stood on it, and when its prizes were paid."""

    span = models.CharField(
        _("span"), max_length=6, choices=[(span.value, label) for span, label in SPAN_LABELS.items()]
    )
    metric = models.CharField(
        _("metric"), max_length=3, choices=[(metric.value, label) for metric, label in METRIC_LABELS.items()]
    )
    period = models.CharField(_("period"), max_length=20)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    players = models.PositiveIntegerField(_("players"), default=0)
    closed_at = models.DateTimeField(_("closed at"))
    prizes_paid_at = models.DateTimeField(_("prizes paid at"), null=True, blank=True)

    class Meta:
        verbose_name = _("ranking")
        verbose_name_plural = _("rankings")
        constraints = [
            models.UniqueConstraint(fields=["span", "metric", "period"], name="leaderboard_once"),
            models.CheckConstraint(condition=Q(span__in=[span.value for span in Span]), name="leaderboard_span_known"),
            models.CheckConstraint(
                condition=Q(metric__in=[metric.value for metric in Metric]), name="leaderboard_metric_known"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="leaderboard_ends_after_it_starts"),
        ]
        indexes = [
            models.Index(fields=["span", "metric", "-starts_at"], name="leaderboard_past"),
            models.Index(fields=["id"], condition=Q(prizes_paid_at__isnull=True), name="leaderboard_to_be_paid"),
        ]

    def __str__(self) -> str:
        return f"{self.get_span_display()} · {self.get_metric_display()} · {self.starts_at:%Y-%m-%d}"


class Standing(models.Model):
    """One place on a closed board."""

    leaderboard = models.ForeignKey(
        Leaderboard, models.CASCADE, db_index=False, related_name="standings", verbose_name=_("ranking")
    )
    rank = models.PositiveIntegerField(_("rank"))
    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    score = models.BigIntegerField(_("score"))

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")
        constraints = [
            models.UniqueConstraint(fields=["leaderboard", "rank"], name="standing_once_per_rank"),
            models.UniqueConstraint(fields=["player", "leaderboard"], name="standing_once_per_player"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}: {self.score}"
