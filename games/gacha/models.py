"""Banners that operators schedule, the players' pity on each, and what they have collected."""

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from casino_club.core import audit
from games.gacha import rules
from games.gacha.labels import name_of

ART_CHOICES = [(flower, flower) for flower in rules.FLOWERS]
TERMS = ("odds_version", "gold_for_1", "gold_for_10", "gems_for_1", "gems_for_10")
FROZEN_ONCE_PULLED = """
    IF EXISTS (SELECT 1 FROM games_pity WHERE banner_id = OLD.id) THEN
        RAISE EXCEPTION 'odds and prices are frozen: somebody has pulled on banner %', OLD.id
              USING ERRCODE = 'check_violation', CONSTRAINT = 'banner_frozen_once_pulled';
    END IF;
    RETURN NEW;
"""


def odds_choices() -> list[tuple[str, str]]:
    """The versions of the odds book; a function, so that a new version needs no migration."""
    return [(version, version) for version in rules.ODDS]


def _price(label: str) -> models.BigIntegerField:
    return models.BigIntegerField(label, null=True, blank=True, validators=[MinValueValidator(1)])


@audit.track("title_ko", "title_en", "art", "starts_at", "ends_at", "is_active", "sort_order", *TERMS)
class Banner(models.Model):
    """A box on sale: when, for how much, and from which odds. Odds and prices are frozen once somebody has pulled.

    A price that is left empty is not offered; of a currency, both or neither.
    """

    title_ko = models.CharField(_("title (Korean)"), max_length=60)
    title_en = models.CharField(_("title (English)"), max_length=60)
    art = models.CharField(_("picture"), max_length=20, choices=ART_CHOICES, default="pampas")
    odds_version = models.CharField(_("odds"), max_length=32, choices=odds_choices)
    gold_for_1 = _price(_("gold for one"))
    gold_for_10 = _price(_("gold for ten"))
    gems_for_1 = _price(_("gems for one"))
    gems_for_10 = _price(_("gems for ten"))
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True, help_text=_("Empty: until it is switched off."))
    is_active = models.BooleanField(_("active"), default=True)
    sort_order = models.IntegerField(_("order"), default=0, help_text=_("The lower, the earlier in the list."))
    created_at = models.DateTimeField(_("made at"), editable=False)

    class Meta:
        verbose_name = _("banner")
        verbose_name_plural = _("banners")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="banner_ends_after_start",
                violation_error_message=_("It must end after it starts."),
            ),
            models.CheckConstraint(
                condition=(
                    Q(gold_for_1__isnull=True, gold_for_10__isnull=True) | Q(gold_for_1__gte=1, gold_for_10__gte=1)
                )
                & (Q(gems_for_1__isnull=True, gems_for_10__isnull=True) | Q(gems_for_1__gte=1, gems_for_10__gte=1)),
                name="banner_prices_in_pairs",
                violation_error_message=_("Give a price for one and for ten, each at least 1, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(gold_for_1__isnull=False) | Q(gems_for_1__isnull=False),
                name="banner_has_a_price",
                violation_error_message=_("Give a price in gold or in gems."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="banner_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="banner_frozen_once_pulled",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(*TERMS),
                func=FROZEN_ONCE_PULLED,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.title_ko if (get_language() or "").startswith("ko") else self.title_en

    @property
    def odds(self) -> rules.Odds:
        return rules.ODDS[self.odds_version]

    def price_of(self, pulls: int, currency: rules.Currency) -> int | None:
        """What so many pulls cost, or None when they are not sold for that currency."""
        return getattr(self, f"{currency}_for_{pulls}")

    def is_open(self, now: datetime) -> bool:
        return self.is_active and self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


class Pity(models.Model):
    """How many boxes of a banner a player has opened since the last bright card. Written under the wallet's lock."""

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    banner = models.ForeignKey(Banner, models.PROTECT, related_name="+", verbose_name=_("banner"))
    count = models.IntegerField(_("pulls without a bright card"))
    pulls = models.BigIntegerField(_("pulls in all"))
    updated_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("pity")
        verbose_name_plural = _("pity")
        constraints = [
            models.UniqueConstraint(fields=["player", "banner"], name="pity_once_per_banner"),
            models.CheckConstraint(condition=Q(count__gte=0, pulls__gte=1), name="pity_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.banner} · {self.player}"


class InventoryItem(models.Model):
    """A card that a player has drawn, and how often. Written under the wallet's lock."""

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    item = models.CharField(_("card"), max_length=32)
    quantity = models.BigIntegerField(_("quantity"))
    first_at = models.DateTimeField(_("first drawn at"))
    last_at = models.DateTimeField(_("last drawn at"))

    class Meta:
        verbose_name = _("collected card")
        verbose_name_plural = _("collected cards")
        constraints = [
            models.UniqueConstraint(fields=["player", "item"], name="inventory_once_per_item"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="inventory_holds_something"),
        ]
        indexes = [models.Index(fields=["player", "-id"], name="inventory_player")]

    def __str__(self) -> str:
        return self.card_name

    @property
    def card_name(self) -> str:
        """The card as people call it; its code where it is in no deck any more."""
        card = rules.CARDS.get(self.item)
        return name_of(card) if card else self.item
