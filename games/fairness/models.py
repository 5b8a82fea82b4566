"""Seed pairs: the secrets behind the draws, committed to before the first and shown after the last."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from games.fairness import rules


class SeedPair(models.Model):
    """One player's server seed, its commitment, the client seed, and the next nonce. Active until it is revealed.

    `server_seed` of an active pair is read to draw alone (`fairness.services`, `rounds.selectors`), and shown nowhere.
    """

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    server_seed = models.BinaryField(_("server seed"), max_length=rules.SERVER_SEED_BYTES)
    server_seed_hash = models.CharField(_("commitment (SHA-256)"), max_length=64)
    client_seed = models.CharField(_("client seed"), max_length=rules.CLIENT_SEED_MAX)
    next_nonce = models.BigIntegerField(_("next nonce"), default=0)
    created_at = models.DateTimeField(_("made at"))
    revealed_at = models.DateTimeField(_("revealed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("seed pair")
        verbose_name_plural = _("seed pairs")
        constraints = [
            models.UniqueConstraint(
                fields=["player"], condition=Q(revealed_at__isnull=True), name="one_active_seed_pair_per_player"
            ),
            models.UniqueConstraint(fields=["server_seed_hash"], name="seed_pair_commitment_unique"),
            models.CheckConstraint(condition=Q(next_nonce__gte=0), name="seed_pair_nonce_not_negative"),
        ]
        indexes = [models.Index(fields=["player", "-id"], name="seed_pair_player")]
        triggers = [
            pgtrigger.Protect(name="seed_pair_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="seeds_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("player", "server_seed", "server_seed_hash", "client_seed"),
            ),
            pgtrigger.Protect(
                name="revealed_pair_closed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__revealed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.server_seed_hash

    @property
    def revealed_server_seed(self) -> str | None:
        """The server seed in hex once the pair is revealed, None while it is active."""
        return bytes(self.server_seed).hex() if self.revealed_at else None
