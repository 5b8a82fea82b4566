"""The books: one wallet a player, entries that are only ever added, and their hourly tally."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casino_club.core import audit
from casino_club.core.append_only import append_only
from economy.ledger import rules

ASSET_CHOICES = [(asset.value, label) for asset, label in rules.ASSET_LABELS.items()]
ASSETS = [asset.value for asset in rules.Asset]


@audit.track("gold", "gems", "xp", "vip_points", only_named=True)
class Wallet(models.Model):
    """What a player holds, and the player's mutex: whoever changes anything of a player locks this row first.

    The figures are written by `ledger.services.post` alone and always equal the sum of the player's entries. `limited`
    says whether the player ever set limits of their own (`economy.limits`): whoever locks the wallet for a bet knows.
    """

    player = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="wallet", verbose_name=_("player")
    )
    gold = models.BigIntegerField(_("gold"), default=0)
    gems = models.BigIntegerField(_("gems"), default=0)
    xp = models.BigIntegerField(_("XP"), default=0)
    vip_points = models.BigIntegerField(_("VIP points"), default=0)
    limited = models.BooleanField(_("has self-limits"), default=False, db_default=False)

    class Meta:
        verbose_name = _("wallet")
        verbose_name_plural = _("wallets")
        constraints = [
            models.CheckConstraint(condition=Q(gold__gte=0), name="wallet_gold_not_negative"),
            models.CheckConstraint(condition=Q(gems__gte=0), name="wallet_gems_not_negative"),
            models.CheckConstraint(condition=Q(xp__gte=0), name="wallet_xp_not_negative"),
            models.CheckConstraint(condition=Q(vip_points__gte=0), name="wallet_vip_points_not_negative"),
        ]

    def __str__(self) -> str:
        return str(self.player)


class Entry(models.Model):
    """One change of one asset of one player. Append-only; a player's ids rise in the order of the entries."""

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    asset = models.CharField(_("asset"), max_length=10, choices=ASSET_CHOICES)
    amount = models.BigIntegerField(_("amount"))
    units = models.IntegerField(_("units"), default=1)
    balance_after = models.BigIntegerField(_("balance after"))
    reason = models.CharField(_("reason"), max_length=rules.REASON_MAX)
    reference = models.CharField(_("reference"), max_length=rules.REFERENCE_MAX)
    metadata = models.JSONField(_("metadata"), default=dict)
    created_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.UniqueConstraint(fields=["player", "asset", "reason", "reference"], name="entry_once_per_reference"),
            models.CheckConstraint(condition=Q(asset__in=ASSETS), name="entry_asset_known"),
            models.CheckConstraint(condition=~Q(amount=0), name="entry_moves_something"),
            models.CheckConstraint(condition=Q(units__gte=0), name="entry_units_not_negative"),
            models.CheckConstraint(condition=Q(balance_after__gte=0), name="entry_balance_not_negative"),
        ]
        # A player's page by time, and the edge hours of a window. Lookups by reference use the unique constraint.
        indexes = [models.Index(fields=["player", "created_at", "id"], name="entry_player_time")]
        triggers = append_only("economy_entry")

    def __str__(self) -> str:
        return f"{rules.label_of(self.reason)}: {rules.ASSET_LABELS[self.asset]} {self.amount:+,}"


class Tally(models.Model):
    """A player's entries of one UTC hour, asset and reason, summed in the transaction that wrote them."""

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    asset = models.CharField(_("asset"), max_length=10, choices=ASSET_CHOICES)
    reason = models.CharField(_("reason"), max_length=rules.REASON_MAX)
    hour = models.DateTimeField(_("hour"))
    entries = models.BigIntegerField(_("entries"))
    units = models.BigIntegerField(_("units"))
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("hourly tally")
        verbose_name_plural = _("hourly tallies")
        constraints = [
            # Ordered so that one player's asset and reason over a range of hours is one range of the index.
            models.UniqueConstraint(fields=["player", "asset", "reason", "hour"], name="tally_once_per_hour"),
            models.CheckConstraint(condition=Q(asset__in=ASSETS), name="tally_asset_known"),
        ]
        # The whole house by hour: sources and sinks, rankings.
        indexes = [models.Index(fields=["hour"], name="tally_hour")]

    def __str__(self) -> str:
        return f"{rules.label_of(self.reason)}: {self.hour:%Y-%m-%d %H:%M}"
