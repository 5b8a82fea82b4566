"""Rows of the ground floor: answers kept for repeats, alerts, and (by pghistory) the audit."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class IdempotencyRecord(models.Model):
    """The first answer to an (actor, key), committed together with the work it answers. Kept 24 h."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="one_answer_per_actor_and_key")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_created_at")]


class Alert(models.Model):
    """Something an operator should look at; one open row for each (rule, key) while it lasts."""

    class Severity(models.TextChoices):
        INFO = "info", _("Info")
        WARNING = "warning", _("Warning")
        CRITICAL = "critical", _("Critical")

    rule = models.CharField(_("rule"), max_length=64)
    key = models.CharField(_("key"), max_length=128, blank=True)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity)
    message = models.CharField(_("message"), max_length=500)
    raised_at = models.DateTimeField(_("raised at"))
    last_seen_at = models.DateTimeField(_("last seen at"))
    times = models.PositiveIntegerField(_("times"), default=1)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("acknowledged by"),
    )

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "key"], condition=Q(resolved_at__isnull=True), name="one_open_alert_per_rule_and_key"
            ),
            models.CheckConstraint(
                condition=Q(severity__in=["info", "warning", "critical"]), name="alert_severity_known"
            ),
        ]
        indexes = [models.Index(fields=["-last_seen_at"], name="alert_last_seen_at")]

    def __str__(self) -> str:
        return f"{self.rule} {self.key}".strip()
