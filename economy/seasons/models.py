"""Seasons, their tiers, and each player's XP at a season's edges."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from casino_club.core import audit
from economy.ledger.rules import Asset
from economy.rewards.rules import Amounts


class TsTzRange(Func):
    function = "tstzrange"
    output_field = DateTimeRangeField()


@audit.track("name", "starts_at", "ends_at", "premium_price_gems")
class Season(models.Model):
    """A window of whole hours; two seasons never overlap. `settled_at`: its unclaimed rewards have been granted."""

    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name (English)"), max_length=60, blank=True)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    premium_price_gems = models.PositiveIntegerField(_("price of the premium pass, gems"), default=500)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("season")
        verbose_name_plural = _("seasons")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="season_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(starts_at__minute=0, starts_at__second=0, ends_at__minute=0, ends_at__second=0),
                name="season_in_whole_hours",
            ),
            models.CheckConstraint(condition=Q(premium_price_gems__gte=1), name="season_price_positive"),
            ExclusionConstraint(
                name="seasons_do_not_overlap",
                expressions=[(TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_name(self) -> str:
        """The name in the active language, where there is one."""
        return self.name_en if self.name_en and not (get_language() or "ko").startswith("ko") else self.name


TIER_AMOUNTS = ("free_gold", "free_gems", "free_vip_points", "premium_gold", "premium_gems", "premium_vip_points")


@audit.track("tier", "xp", *TIER_AMOUNTS)
class SeasonTier(models.Model):
    """A step of a season: the XP that reaches it, what it gives on each track (no XP, or it would climb itself)."""

    season = models.ForeignKey(Season, models.CASCADE, related_name="tiers", verbose_name=_("season"))
    tier = models.PositiveSmallIntegerField(_("tier"))
    xp = models.PositiveBigIntegerField(_("XP to reach"))
    free_gold = models.PositiveIntegerField(_("free: gold"), default=0)
    free_gems = models.PositiveIntegerField(_("free: gems"), default=0)
    free_vip_points = models.PositiveIntegerField(_("free: VIP points"), default=0)
    premium_gold = models.PositiveIntegerField(_("premium: gold"), default=0)
    premium_gems = models.PositiveIntegerField(_("premium: gems"), default=0)
    premium_vip_points = models.PositiveIntegerField(_("premium: VIP points"), default=0)

    class Meta:
        verbose_name = _("season tier")
        verbose_name_plural = _("season tiers")
        ordering = ["tier"]
        constraints = [
            models.UniqueConstraint(fields=["season", "tier"], name="season_tier_once"),
            models.UniqueConstraint(fields=["season", "xp"], name="season_tier_xp_once"),
            models.CheckConstraint(condition=Q(tier__gte=1, xp__gte=1), name="season_tier_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.season_id}/{self.tier}"

    def amounts(self, track: str) -> Amounts | None:
        """What the track ("free" or "premium") gives here; None when nothing."""
        given = {
            asset.value: getattr(self, f"{track}_{asset.value}") for asset in (Asset.GOLD, Asset.GEMS, Asset.VIP_POINTS)
        }
        return Amounts(**given) if any(given.values()) else None


class SeasonXp(models.Model):
    """A player's total XP at a season's edges, written at first touch, so that season XP is one row to read."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="+", verbose_name=_("season"))
    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    xp_at_start = models.BigIntegerField(_("total XP at the start"))
    xp_at_end = models.BigIntegerField(_("total XP at the end"), null=True, blank=True)

    class Meta:
        verbose_name = _("season XP")
        verbose_name_plural = _("season XP")
        constraints = [models.UniqueConstraint(fields=["player", "season"], name="season_xp_once")]

    def __str__(self) -> str:
        return f"{self.player_id}/{self.season_id}"
