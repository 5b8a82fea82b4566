"""Free spins that a player still has."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FreeSpins(models.Model):
    """How many free spins are left, and the bet and lines they are played at. Written under the wallet's lock."""

    player = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="+", verbose_name=_("player")
    )
    left = models.IntegerField(_("left"))
    bet_amount = models.BigIntegerField(_("bet"))
    lines = models.SmallIntegerField(_("lines"))
    updated_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("free spins")
        verbose_name_plural = _("free spins")
        constraints = [
            models.CheckConstraint(
                condition=Q(left__gte=0, bet_amount__gte=1, lines__gte=1), name="free_spins_not_negative"
            )
        ]

    def __str__(self) -> str:
        return str(self.left)
