"""Players' segments, how they changed, what each night came to, and what is recommended to whom."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from casino_club.core import audit
from economy.segments.rules import SEGMENT_LABELS, Segment
from economy.shop.models import Package, Product

SEGMENTS = [(segment.value, label) for segment, label in SEGMENT_LABELS.items()]


class PlayerSegment(models.Model):
    """Where a player stands: the figures of the last night that changed any of them, and the segment since when."""

    player = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("player")
    )
    segment = models.CharField(_("segment"), max_length=12, choices=SEGMENTS)
    since = models.DateField(_("since"))
    last_play_date = models.DateField(_("last played on"), null=True, blank=True)
    days_played = models.PositiveSmallIntegerField(_("days played of the last 90"))
    spent = models.BigIntegerField(_("paid in the last year (KRW)"))
    recency = models.PositiveSmallIntegerField(_("recency"))
    frequency = models.PositiveSmallIntegerField(_("frequency"))
    spend = models.PositiveSmallIntegerField(_("spend"))

    class Meta:
        verbose_name = _("player's segment")
        verbose_name_plural = _("players' segments")
        constraints = [
            models.CheckConstraint(condition=Q(segment__in=list(Segment)), name="player_segment_known"),
            models.CheckConstraint(
                condition=Q(recency__lte=5, frequency__lte=5, spend__lte=5), name="player_segment_scores"
            ),
        ]
        # Operators look at a segment, the newest in it first.
        indexes = [models.Index(fields=["segment", "-since", "-player"], name="player_segment_newest")]

    def __str__(self) -> str:
        return f"{self.player}: {self.get_segment_display()}"


class SegmentChange(models.Model):
    """A player came into a segment on a day; from none when they were first seen."""

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+", verbose_name=_("player")
    )
    date = models.DateField(_("day"))
    from_segment = models.CharField(
        pgettext_lazy("before a change", "from"), max_length=12, choices=SEGMENTS, blank=True
    )
    to_segment = models.CharField(_("to"), max_length=12, choices=SEGMENTS)

    class Meta:
        verbose_name = _("change of segment")
        verbose_name_plural = _("changes of segment")
        constraints = [models.UniqueConstraint(fields=["player", "date"], name="segment_change_once_a_day")]
        indexes = [models.Index(fields=["date"], name="segment_change_date")]

    def __str__(self) -> str:
        return f"{self.date}: {self.get_from_segment_display() or '–'} → {self.get_to_segment_display()}"


class SegmentDay(models.Model):
    """One night's segmentation: the cuts between the fifths, how many are in each segment, and who moved where."""

    date = models.DateField(_("day"), primary_key=True)
    started_at = models.DateTimeField(_("started at"))
    seconds = models.FloatField(_("seconds"))
    players = models.PositiveIntegerField(_("players"))
    changed = models.PositiveIntegerField(_("moved"))
    cuts = models.JSONField(_("cuts between the fifths"))
    sizes = models.JSONField(_("sizes"))
    moves = models.JSONField(_("movement"), help_text=_("[from, to, players], the largest first."))

    class Meta:
        verbose_name = _("night of segmentation")
        verbose_name_plural = _("nights of segmentation")

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d}"


@audit.track("segment", "product", "package", "priority", "is_active")
class Recommendation(models.Model):
    """Something of the shop that a segment (without one, everybody) is shown first."""

    segment = models.CharField(
        _("segment"), max_length=12, choices=SEGMENTS, blank=True, help_text=_("Empty: everybody.")
    )
    product = models.ForeignKey(
        Product, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    package = models.ForeignKey(
        Package, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("limited package")
    )
    priority = models.IntegerField(_("priority"), default=0, help_text=_("The higher, the earlier."))
    is_active = models.BooleanField(_("shown"), default=True)

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        constraints = [
            models.CheckConstraint(
                condition=Q(product__isnull=False, package__isnull=True)
                | Q(product__isnull=True, package__isnull=False),
                name="recommendation_of_one_thing",
                violation_error_message=_("Choose a product or a limited package, not both."),
            ),
            models.CheckConstraint(condition=Q(segment__in=["", *Segment]), name="recommendation_segment_known"),
            models.UniqueConstraint(
                fields=["segment", "product"], condition=Q(product__isnull=False), name="recommended_product_once"
            ),
            models.UniqueConstraint(
                fields=["segment", "package"], condition=Q(package__isnull=False), name="recommended_package_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.product or self.package)
