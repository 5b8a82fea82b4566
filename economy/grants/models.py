"""What operators gave to players."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casino_club.core import audit
from casino_club.core.append_only import append_only
from economy.approvals.models import Approval
from economy.approvals.rules import REASON_MAX
from economy.rewards.models import UserReward


@audit.track("player", "gold", "gems", "xp", "vip_points", "reason", "approval")
class OperatorGrant(models.Model):
    """One gift: what was asked for and why. What was given of it stands in the reward. Append-only."""

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    gold = models.BigIntegerField(_("gold"), default=0)
    gems = models.BigIntegerField(_("gems"), default=0)
    xp = models.BigIntegerField(_("XP"), default=0)
    vip_points = models.BigIntegerField(_("VIP points"), default=0)
    reason = models.CharField(_("reason"), max_length=REASON_MAX)
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("operator")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approval = models.OneToOneField(
        Approval, models.PROTECT, null=True, related_name="grant", verbose_name=_("approval")
    )
    reward = models.OneToOneField(UserReward, models.PROTECT, related_name="+", verbose_name=_("reward"))
    created_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("operator's grant")
        verbose_name_plural = _("operators' grants")
        constraints = [
            models.CheckConstraint(
                condition=Q(gold__gte=0, gems__gte=0, xp__gte=0, vip_points__gte=0), name="operator_grant_takes_nothing"
            ),
            models.CheckConstraint(
                condition=Q(approval__isnull=True, approved_by__isnull=True)
                | (Q(approval__isnull=False, approved_by__isnull=False) & ~Q(approved_by=F("operator"))),
                name="operator_grant_approved_by_another",
            ),
            models.CheckConstraint(condition=~Q(player=F("operator")), name="operator_grant_to_another"),
        ]
        indexes = [models.Index(fields=["player", "-created_at"], name="operator_grant_of_player")]
        triggers = append_only("economy_operatorgrant")

    def __str__(self) -> str:
        return f"#{self.pk}"
