"""What browsers told, kept 30 days, and how many came by on a day."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TelemetryEvent(models.Model):
    """One event of a signed-in browser; `stands_for` is more than 1 where only a sample is kept."""

    id = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField(_("event"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("player"),
    )
    name = models.CharField(_("name"), max_length=64)
    meta = models.JSONField(_("facts"), default=dict)
    stands_for = models.PositiveSmallIntegerField(_("stands for"), default=1)
    happened_at = models.DateTimeField(_("happened at"))
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        db_table = "telemetry_events"
        verbose_name = _("telemetry event")
        verbose_name_plural = _("telemetry events")
        constraints = [
            # What makes writing a batch again harmless, after a worker died between the rows and Redis.
            models.UniqueConstraint(fields=["event_id"], name="telemetry_event_once"),
        ]
        indexes = [
            models.Index(fields=["received_at"], name="telemetry_received_at", include=["name", "stands_for"]),
            models.Index(fields=["user"], name="telemetry_user"),
        ]

    def __str__(self) -> str:
        return self.name


class DailyVisits(models.Model):
    """How many browsers opened the home page signed out on a game day; estimated by Redis within about 1 %."""

    date = models.DateField(_("date"), primary_key=True)
    visitors = models.PositiveIntegerField(_("visitors"))

    class Meta:
        verbose_name = _("day's visits")
        verbose_name_plural = _("visits by day")

    def __str__(self) -> str:
        return f"{self.date}: {self.visitors:,}"
