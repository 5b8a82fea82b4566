"""Rounds: one row a play, whatever the game; once settled it never changes."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from games.fairness.models import SeedPair
from games.rounds.rules import BIG_WIN


class Game(models.TextChoices):
    """Every game of the house."""

    SLOT = "slot", _("Slot")
    CRASH = "crash", _("Crane flight")
    GACHA = "gacha", _("Lacquer box")
    RPS = "rps", _("Rock, paper, scissors")


class Round(models.Model):
    """One play: what was wagered, what was won, and the seed pair, nonce and odds version that prove why.

    `bet` is the gold wagered (0 in a free spin), `multiplier` what it was paid at, in hundredths of the stake. `outcome`
    is the game's own record, enough to show the round again. `due_at` is when an open round ends by itself: it tells the
    outcome, so it leaves the database through nothing but the services that settle rounds.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        SETTLED = "settled", _("Settled")

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    game = models.CharField(_("game"), max_length=10, choices=Game)
    status = models.CharField(_("status"), max_length=8, choices=Status)
    bet = models.BigIntegerField(_("bet"))
    win = models.BigIntegerField(_("win"), default=0)
    multiplier = models.BigIntegerField(_("multiplier (hundredths)"), default=0)
    odds_version = models.CharField(_("odds version"), max_length=32)
    seed_pair = models.ForeignKey(
        SeedPair, models.PROTECT, db_index=False, related_name="rounds", verbose_name=_("seed pair")
    )
    nonce = models.BigIntegerField(_("nonce"))
    outcome = models.JSONField(_("outcome"))
    created_at = models.DateTimeField(_("played at"))
    due_at = models.DateTimeField(_("due at"), null=True, blank=True, editable=False)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        constraints = [
            models.UniqueConstraint(fields=["seed_pair", "nonce"], name="round_once_per_nonce"),
            models.CheckConstraint(condition=Q(game__in=Game.values), name="round_game_known"),
            models.CheckConstraint(
                condition=Q(status="open", settled_at__isnull=True, win=0)
                | Q(status="settled", settled_at__gte=F("created_at")),
                name="round_settled_or_open",
            ),
            models.CheckConstraint(condition=Q(status="settled") | Q(due_at__isnull=False), name="round_open_is_due"),
            models.UniqueConstraint(fields=["player"], condition=Q(status="open"), name="one_open_round_per_player"),
            models.CheckConstraint(
                condition=Q(bet__gte=0, win__gte=0, multiplier__gte=0, nonce__gte=0), name="round_amounts_not_negative"
            ),
        ]
        indexes = [
            # A player's history, and (from the index alone) all that their statistics are rebuilt from.
            models.Index(
                fields=["player", "-id"],
                include=["game", "status", "bet", "win", "multiplier", "settled_at"],
                name="round_player_history",
            ),
            # The lobby's recent big wins.
            models.Index(fields=["-id"], condition=Q(win__gte=BIG_WIN, status="settled"), name="round_big_wins"),
            models.Index(fields=["due_at"], condition=Q(status="open"), name="round_open_due"),
            # How many big wins there were of late.
            models.Index(
                fields=["settled_at"],
                include=["win", "bet"],
                condition=Q(win__gte=BIG_WIN, status="settled"),
                name="round_big_wins_time",
            ),
            # Rounds arrive in order of time, so this one is almost free: observed odds roll up by window. It summarizes
            # new pages by itself; until VACUUM came by, every count of the last minutes would read them all.
            BrinIndex(fields=["created_at"], name="round_time", autosummarize=True),
        ]
        triggers = [
            pgtrigger.Protect(name="round_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="settled_round_closed", operation=pgtrigger.Update, condition=pgtrigger.Q(old__status="settled")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_game_display()} #{self.pk}"
