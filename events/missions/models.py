"""Missions, and the periods in which a player has collected them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casino_club.core import audit
from events.progress.models import REWARDS, Rewarding, Titled, gives_something
from events.progress.rules import DERIVED, METRICS, TARGET_MAX


class MissionType(models.TextChoices):
    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")


class Category(models.TextChoices):
    PLAY = "play", _("Play")
    WIN = "win", _("Win")
    VISIT = "visit", _("Visit")
    COLLECT = "collect", _("Collect")


ICONS = ("games", "trophy", "flame", "gold", "gem", "xp", "calendar", "gift", "mark-slot", "mark-crash", "mark-gacha")


@audit.track("title", "mission_type", "metric", "target_value", *REWARDS, "is_active")
class Mission(Titled, Rewarding):
    """Something to do each day or each week; its progress is derived like an event's."""

    mission_type = models.CharField(_("type"), max_length=8, choices=MissionType)
    category = models.CharField(_("category"), max_length=8, choices=Category, default=Category.PLAY)
    metric = models.CharField(_("metric"), max_length=40, choices=[(name, METRICS[name].label) for name in DERIVED])
    target_value = models.BigIntegerField(_("target"))
    icon = models.CharField(_("icon"), max_length=20, choices=[(name, name) for name in ICONS], default="games")
    sort_order = models.IntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("mission")
        verbose_name_plural = _("missions")
        constraints = [
            models.CheckConstraint(condition=Q(mission_type__in=MissionType.values), name="mission_type_known"),
            models.CheckConstraint(condition=Q(metric__in=DERIVED), name="mission_metric_derived"),
            models.CheckConstraint(
                condition=Q(target_value__gte=1, target_value__lte=TARGET_MAX), name="mission_target_positive"
            ),
            models.CheckConstraint(condition=gives_something(), name="mission_gives_something"),
        ]
        indexes = [models.Index(fields=["sort_order", "id"], name="mission_in_order")]


class MissionClaim(models.Model):
    """A mission's reward, collected in the period that begins on `period`."""

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    mission = models.ForeignKey(Mission, models.PROTECT, related_name="+", verbose_name=_("mission"))
    period = models.DateField(_("period from"))
    claimed_at = models.DateTimeField(_("claimed at"))

    class Meta:
        verbose_name = _("collected mission")
        verbose_name_plural = _("collected missions")
        constraints = [models.UniqueConstraint(fields=["player", "period", "mission"], name="mission_claim_once")]

    def __str__(self) -> str:
        return f"{self.mission} · {self.period}"
