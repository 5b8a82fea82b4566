"""What each proof of the books found."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casino_club.core import audit


@audit.track("scope", "violations", only_named=True)
class ReconcileReport(models.Model):
    """One run over one snapshot. `marks` holds the highest id it saw of each table: a bounded run begins there."""

    class Scope(models.TextChoices):
        FULL = "full", _("Full check")
        RECENT = "recent", _("Since the last checkpoint")

    scope = models.CharField(_("what was checked"), max_length=6, choices=Scope)
    started_at = models.DateTimeField(_("began at"))
    seconds = models.FloatField(_("seconds"))
    violations = models.BigIntegerField(_("violations"))
    findings = models.JSONField(_("findings"))
    marks = models.JSONField(_("checkpoint"))

    class Meta:
        verbose_name = _("reconcile report")
        verbose_name_plural = _("reconcile reports")
        constraints = [models.CheckConstraint(condition=Q(scope__in=["full", "recent"]), name="reconcile_scope_known")]
        indexes = [models.Index(fields=["-started_at", "-id"], name="reconcile_newest")]

    def __str__(self) -> str:
        return f"{self.get_scope_display()} {self.started_at:%Y-%m-%d %H:%M}"
