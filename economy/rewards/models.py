"""Everything that was ever given to a player."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casino_club.core.append_only import append_only
from economy.rewards.rules import type_label


class UserReward(models.Model):
    """One grant, paid once for its key. Append-only; its entries in the ledger carry the key as their reference."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    reward_type = models.CharField(_("type"), max_length=50)
    gold_amount = models.BigIntegerField(_("gold"), default=0)
    gem_amount = models.BigIntegerField(_("gems"), default=0)
    xp_amount = models.BigIntegerField(_("XP"), default=0)
    vip_points = models.BigIntegerField(_("VIP points"), default=0)
    reward_metadata = models.JSONField(_("metadata"), default=dict)
    idempotency_key = models.CharField(_("key"), max_length=200)
    created_at = models.DateTimeField(_("at"))

    class Meta:
        db_table = "user_rewards"
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        constraints = [
            models.UniqueConstraint(fields=["idempotency_key"], name="ix_user_rewards_idempotency_key"),
            models.CheckConstraint(
                condition=Q(gold_amount__gte=0, gem_amount__gte=0, xp_amount__gte=0, vip_points__gte=0),
                name="user_rewards_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["user", "-created_at", "-id"], name="user_rewards_user_newest")]
        triggers = append_only("user_rewards")

    def __str__(self) -> str:
        return type_label(self.reward_type)
