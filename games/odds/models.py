"""What was really drawn: how often each stated outcome came, counted from the rounds."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ObservedOutcome(models.Model):
    """How often one outcome of one published table came, of one version of a game's odds."""

    game = models.CharField(_("game"), max_length=10)
    odds_version = models.CharField(_("odds version"), max_length=32)
    table = models.CharField(_("table"), max_length=80)
    outcome = models.CharField(_("outcome"), max_length=80)
    count = models.BigIntegerField(_("count"))

    class Meta:
        verbose_name = _("observed outcome")
        verbose_name_plural = _("observed outcomes")
        constraints = [
            models.UniqueConstraint(fields=["game", "odds_version", "table", "outcome"], name="observed_outcome_once"),
            models.CheckConstraint(condition=Q(count__gte=0), name="observed_outcome_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.game} {self.table} {self.outcome}"


class ObservationWatermark(models.Model):
    """Every settled round up to this number is counted. One row; whoever counts holds its lock."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    round_id = models.BigIntegerField(_("rounds counted up to"), default=0)
    counted_at = models.DateTimeField(_("counted at"), null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_observation_watermark")]
