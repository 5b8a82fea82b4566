"""Rows of the ground floor: answers kept for repeats, alerts, and (by pghistory) the audit."""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pghistory.models import Context

from casino_club.core import alert_rules, audit


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


class AlertQuerySet(models.QuerySet):
    def by_weight(self) -> "AlertQuerySet":
        """The worst first, of these what nobody has acknowledged, then the latest."""
        weight = Case(*[When(severity=name, then=rank) for rank, name in enumerate(alert_rules.SEVERITIES)])
        return self.order_by(weight.desc(), F("acknowledged_at").desc(nulls_first=True), "-last_seen_at", "-id")


@audit.track("rule", "key", "severity", "acknowledged_at")
class Alert(models.Model):
    """Something an operator should look at; one open row for each (rule, key) while it lasts.

    `message` holds msgids and `facts` what fills them (`alerts.raise_alert`); `text` is what is read.

    While `mail_due_at` stands, the row is also the queue of mails about critical alerts (`core.alert_mail`).
    """

    class Severity(models.TextChoices):
        INFO = alert_rules.INFO, alert_rules.SEVERITIES[alert_rules.INFO]
        WARNING = alert_rules.WARNING, alert_rules.SEVERITIES[alert_rules.WARNING]
        CRITICAL = alert_rules.CRITICAL, alert_rules.SEVERITIES[alert_rules.CRITICAL]

    rule = models.CharField(_("rule"), max_length=64)
    key = models.CharField(_("key"), max_length=128, blank=True)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity)
    message = models.CharField(_("message"), max_length=500)
    facts = models.JSONField(default=dict, db_default={}, editable=False)
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
    mail_due_at = models.DateTimeField(null=True, editable=False)
    mail_attempts = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    mailed_at = models.DateTimeField(_("mailed at"), null=True, editable=False)

    objects = AlertQuerySet.as_manager()

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
        indexes = [
            models.Index(fields=["-last_seen_at"], name="alert_last_seen_at"),
            models.Index(fields=["mail_due_at"], condition=Q(mail_due_at__isnull=False), name="alert_mail_due"),
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.key}" if self.key else self.title

    @property
    def title(self) -> str:
        """What the rule is called, in the reader's language; of a rule that is no more, its name."""
        known = alert_rules.RULES.get(self.rule)
        return str(known.title) if known else self.rule

    @property
    def text(self) -> str:
        """What has happened, in the reader's language. An alert without facts says what its message says."""
        said = " ".join(gettext(line) for line in self.message.splitlines())
        try:
            return said % self.facts if self.facts else said
        except (KeyError, TypeError, ValueError):
            return said


class AuditTrail(Context):
    """The audit as operators look for it: an address in the admin and a permission to view (`web.audit`)."""

    class Meta:
        proxy = True
        app_label = "core"
        verbose_name = _("audit")
        verbose_name_plural = _("audit")
        triggers = audit.acts_are_kept("pghistory_context")
