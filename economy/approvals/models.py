"""Acts of operators that wait for a second operator."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casino_club.core import audit
from economy.approvals import rules
from economy.approvals.rules import STATE_LABELS, State


@audit.track("kind", "player", "payload", "reason", "state", "decision_reason")
class Approval(models.Model):
    """One request. Nobody approves their own, nothing is decided twice: the table itself sees to it."""

    kind = models.CharField(_("kind"), max_length=rules.KIND_MAX)
    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    payload = models.JSONField(_("what"), default=dict)
    reason = models.CharField(_("reason"), max_length=rules.REASON_MAX)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("asked by")
    )
    requested_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("waits until"))
    state = models.CharField(_("state"), max_length=8, choices=list(STATE_LABELS.items()), default=State.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decision_reason = models.CharField(_("why decided so"), max_length=rules.REASON_MAX, blank=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(STATE_LABELS)), name="approval_state_known"),
            models.CheckConstraint(
                condition=~Q(state=State.APPROVED) | (Q(decided_by__isnull=False) & ~Q(decided_by=F("requested_by"))),
                name="approval_by_another_operator",
            ),
            models.CheckConstraint(
                condition=Q(state=State.WAITING, decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(state=State.WAITING) & Q(decided_at__isnull=False)),
                name="approval_decided_or_waiting",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state=State.WAITING), name="approval_waiting"),
            models.Index(fields=["player", "-id"], name="approval_of_player"),
        ]

    def __str__(self) -> str:
        return f"{self.label} #{self.pk}"

    @property
    def label(self) -> str:
        """What kind of act it is, in the reader's language."""
        known = rules.KINDS.get(self.kind)
        return str(known.label) if known else self.kind

    @property
    def what(self) -> str:
        """The act in words."""
        known = rules.KINDS.get(self.kind)
        return known.describe(self.payload) if known else ""
