"""The versions of the policy that reduces special rewards."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casino_club.core import audit
from casino_club.core.append_only import append_only
from economy.policy import rules


@audit.track("version", "widths", "percents", "cap", "reason")
class RewardPolicy(models.Model):
    """One version; the highest is in force. Append-only, so that any reward can be worked out again."""

    version = models.PositiveIntegerField(_("version"), editable=False)
    widths = ArrayField(
        models.BigIntegerField(validators=[MinValueValidator(1)]),
        verbose_name=_("bands, gold"),
        blank=True,
        help_text=_("How wide each band is, from 0 up, separated by commas: 1000, 4000."),
    )
    percents = ArrayField(
        models.SmallIntegerField(),
        verbose_name=_("percent given"),
        help_text=_("Of each band, and last of everything above: 100, 50, 25."),
    )
    cap = models.BigIntegerField(_("at most, gold"))
    reason = models.CharField(_("reason"), max_length=200)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("published by"),
    )
    created_at = models.DateTimeField(_("in force from"), editable=False)

    class Meta:
        verbose_name = _("special-reward policy")
        verbose_name_plural = _("special-reward policy")
        constraints = [
            models.UniqueConstraint(fields=["version"], name="reward_policy_version"),
            models.CheckConstraint(
                condition=Q(percents__len=F("widths__len") + 1, widths__len__lte=rules.BANDS_MOST, cap__gte=1),
                name="reward_policy_sound",
            ),
        ]
        triggers = append_only("economy_rewardpolicy")

    def __str__(self) -> str:
        return f"v{self.version}"

    def as_rules(self) -> rules.Policy:
        return rules.Policy(self.version, tuple(self.widths), tuple(self.percents), self.cap)
