"""Who holds the premium pass of a season, and which tiers have been collected."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from economy.seasons.models import Season
from events.battlepass.rules import Track

TRACKS = [(Track.FREE.value, _("Free")), (Track.PREMIUM.value, _("Premium"))]


class PremiumPass(models.Model):
    """A player bought a season's premium track for `price_gems`."""

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    season = models.ForeignKey(Season, models.PROTECT, related_name="+", verbose_name=_("season"))
    price_gems = models.BigIntegerField(_("price, gems"))
    created_at = models.DateTimeField(_("bought at"))

    class Meta:
        verbose_name = _("premium pass")
        verbose_name_plural = _("premium passes")
        constraints = [models.UniqueConstraint(fields=["player", "season"], name="premium_pass_once")]

    def __str__(self) -> str:
        return f"{self.season} · {self.player}"


class PassClaim(models.Model):
    """A tier's reward was given, by the player's hand or, after the days of grace, automatically."""

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    season = models.ForeignKey(Season, models.PROTECT, related_name="+", verbose_name=_("season"))
    tier = models.PositiveSmallIntegerField(_("tier"))
    track = models.CharField(_("track"), max_length=8, choices=TRACKS)
    is_automatic = models.BooleanField(_("granted automatically"), default=False)
    created_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("collected tier")
        verbose_name_plural = _("collected tiers")
        constraints = [
            models.UniqueConstraint(fields=["player", "season", "tier", "track"], name="pass_claim_once"),
            models.CheckConstraint(
                condition=Q(track__in=[track.value for track in Track]), name="pass_claim_track_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.season} {self.tier} · {self.get_track_display()}"
