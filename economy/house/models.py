"""The whole house's Tally: what moved in an hour, all players together."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from economy.ledger import rules
from economy.ledger.models import ASSET_CHOICES


class HouseHour(models.Model):
    """One UTC hour that is over, by asset and reason: the sum of all players' tallies of it, folded once."""

    hour = models.DateTimeField(_("hour"))
    asset = models.CharField(_("asset"), max_length=10, choices=ASSET_CHOICES)
    reason = models.CharField(_("reason"), max_length=rules.REASON_MAX)
    entries = models.BigIntegerField(_("entries"))
    units = models.BigIntegerField(_("units"))
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("hour of the house")
        verbose_name_plural = _("hours of the house")
        constraints = [models.UniqueConstraint(fields=["hour", "asset", "reason"], name="house_hour_once")]

    def __str__(self) -> str:
        return f"{self.reason} {self.hour:%Y-%m-%d %H}h"
