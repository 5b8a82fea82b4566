"""Endpoints that are told, every event in and out, and each attempt to deliver one."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from casino_club.core import audit
from economy.webhooks import rules

EVENT_TYPES = [(name.value, label) for name, label in rules.EVENT_TYPE_LABELS.items()]


@audit.track("name", "url", "event_types", "is_active", "disabled_why", "secret_changed_at")
class WebhookEndpoint(models.Model):
    """Somebody's address that is told of our events. While a secret is being replaced, the old one signs as well."""

    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("address"), max_length=500, validators=[URLValidator(["http", "https"])])
    event_types = ArrayField(models.CharField(max_length=64, choices=EVENT_TYPES), verbose_name=_("event types"))
    secret = models.CharField(_("secret"), max_length=100, editable=False)
    old_secret = models.CharField(max_length=100, blank=True, editable=False)
    secret_changed_at = models.DateTimeField(_("secret made at"), editable=False)
    is_active = models.BooleanField(_("switched on"), default=True)
    disabled_why = models.CharField(_("switched off because"), max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), editable=False)

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")

    def __str__(self) -> str:
        return self.name


@audit.track("status", "attempt_count", only_named=True)
class WebhookEvent(models.Model):
    """One event in or out; those out that are not settled are the queue of the sender.

    An event out has a row for each endpoint, under one external id. An event in is stored in the transaction that
    applies it, so that its id says whether it was applied.
    """

    class Direction(models.TextChoices):
        IN = "in", _("received")
        OUT = "out", _("sent")

    class Status(models.TextChoices):
        PENDING = "PENDING", pgettext_lazy("webhook", "waiting")
        DELIVERED = "DELIVERED", pgettext_lazy("webhook", "delivered")
        FAILED = "FAILED", pgettext_lazy("webhook", "failed")
        REPLAYED = "REPLAYED", pgettext_lazy("webhook", "sent again")

    external_id = models.CharField(_("event id"), max_length=128)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction)
    endpoint = models.ForeignKey(
        WebhookEndpoint, models.PROTECT, null=True, related_name="events", db_index=False, verbose_name=_("endpoint")
    )
    source = models.CharField(_("sender"), max_length=32, blank=True)
    type = models.CharField(_("type"), max_length=64)
    payload = models.JSONField(_("payload"))
    status = models.CharField(_("status"), max_length=9, choices=Status)
    attempt_count = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_retry_at = models.DateTimeField(_("next try at"), null=True)
    last_error = models.CharField(_("last error"), max_length=rules.ERROR_MAX, blank=True)
    kid = models.CharField(_("signing key"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("created at"))
    settled_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        db_table = "webhook_events"
        verbose_name = _("webhook event")
        verbose_name_plural = _("webhook events")
        constraints = [
            models.UniqueConstraint(fields=["external_id"], condition=Q(direction="in"), name="webhook_in_once"),
            models.UniqueConstraint(
                fields=["external_id", "endpoint"], condition=Q(direction="out"), name="webhook_out_once_an_endpoint"
            ),
            models.CheckConstraint(
                condition=Q(direction="in", endpoint__isnull=True) | Q(direction="out", endpoint__isnull=False),
                name="webhook_out_has_an_endpoint",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["PENDING", "REPLAYED"], next_retry_at__isnull=False, settled_at__isnull=True)
                | Q(status__in=["DELIVERED", "FAILED"], next_retry_at__isnull=True, settled_at__isnull=False),
                name="webhook_due_until_settled",
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "next_retry_at"], condition=Q(next_retry_at__isnull=False), name="webhook_due"
            ),
            models.Index(fields=["settled_at"], condition=Q(settled_at__isnull=False), name="webhook_settled"),
            models.Index(fields=["endpoint", "-id"], name="webhook_of_an_endpoint"),
            models.Index(fields=["settled_at"], condition=Q(status="FAILED"), name="webhook_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.external_id}"


class WebhookAttempt(models.Model):
    """One try to deliver an event: the receiver's status, or why there was none."""

    event = models.ForeignKey(WebhookEvent, models.CASCADE, related_name="attempts", db_index=False)
    number = models.PositiveSmallIntegerField(_("attempt"))
    at = models.DateTimeField(_("tried at"))
    seconds = models.FloatField(_("seconds"))
    status_code = models.PositiveSmallIntegerField(_("answer"), null=True)
    error = models.CharField(_("error"), max_length=rules.ERROR_MAX, blank=True)
    kid = models.CharField(_("signing key"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("webhook attempt")
        verbose_name_plural = _("webhook attempts")
        constraints = [models.UniqueConstraint(fields=["event", "number"], name="webhook_attempt_number")]
