"""Players who do not want to be named to others."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class HiddenName(models.Model):
    """A player who plays unnamed: masked on the rankings, left out of the recent big wins."""

    player = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("player")
    )
    hidden_at = models.DateTimeField(_("hidden since"))

    class Meta:
        verbose_name = _("hidden name")
        verbose_name_plural = _("hidden names")

    def __str__(self) -> str:
        return str(self.player_id)
