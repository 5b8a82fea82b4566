"""What players set for themselves: limits of a day, and times without bets."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from economy.limits import rules

KINDS = [kind.value for kind in rules.Kind]
RESTS = [rest.value for rest in rules.Rest]


class PlayLimit(models.Model):
    """One kind of daily limit of one player; `next_amount` takes its place at `next_at`. None is no limit.

    Whoever has a row here, or in PlayRest, has `Wallet.limited` set: a bet of anybody else looks no further.
    """

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    kind = models.CharField(_("kind"), max_length=13, choices=[(k.value, v) for k, v in rules.KIND_LABELS.items()])
    amount = models.BigIntegerField(_("limit"), null=True)
    next_amount = models.BigIntegerField(_("next limit"), null=True)
    next_at = models.DateTimeField(_("from"), null=True)
    updated_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("self-limit")
        verbose_name_plural = _("self-limits")
        constraints = [
            models.UniqueConstraint(fields=["player", "kind"], name="play_limit_once_per_kind"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="play_limit_kind_known"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="play_limit_positive"),
            models.CheckConstraint(condition=Q(next_amount__gte=1), name="play_limit_next_positive"),
            models.CheckConstraint(
                condition=Q(next_amount__isnull=True) | Q(next_at__isnull=False), name="play_limit_next_has_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class PlayRest(models.Model):
    """A time without bets that a player asked for; it is never shortened, and ended ones are kept."""

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    kind = models.CharField(_("kind"), max_length=9, choices=[(k.value, v) for k, v in rules.REST_LABELS.items()])
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("time without bets")
        verbose_name_plural = _("times without bets")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RESTS), name="play_rest_kind_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="play_rest_ends_after_it_starts"),
        ]
        indexes = [models.Index(fields=["player", "-ends_at"], name="play_rest_player_latest")]

    def __str__(self) -> str:
        return self.get_kind_display()
