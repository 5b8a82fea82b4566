"""Boxes on sale, how near a player is to a guaranteed bright card, and what a player has collected."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from casino_club.core.errors import NotFound
from games.gacha import rules
from games.gacha.models import Banner, InventoryItem, Pity


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of the collection: the card, and how many the player holds (0: still missing)."""

    card: rules.Card
    quantity: int


@dataclass(frozen=True, slots=True)
class Collection:
    """The whole deck in its order, with what the player holds of it."""

    slots: tuple[Slot, ...]

    @property
    def found(self) -> int:
        return sum(slot.quantity > 0 for slot in self.slots)

    @property
    def cards(self) -> int:
        """All cards held, duplicates included."""
        return sum(slot.quantity for slot in self.slots)

    def of(self, rarity: rules.Rarity) -> list[Slot]:
        return [slot for slot in self.slots if slot.card.rarity is rarity]


def open_banners(player_id: int, now: datetime) -> QuerySet[Banner]:
    """The banners that can be pulled on now, in their order; each with the player's `pity` on it."""
    still = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    return _with_pity(player_id).filter(still, is_active=True, starts_at__lte=now).order_by("sort_order", "id")


def titles_by_odds(now: datetime) -> dict[str, list[str]]:
    """What the boxes that have ever been on sale are called, by the version of the odds they are drawn from."""
    titles: dict[str, list[str]] = {}
    for banner in Banner.objects.filter(starts_at__lte=now).order_by("sort_order", "id"):
        titles.setdefault(banner.odds_version, []).append(banner.title)
    return titles


def banner_of(player_id: int, banner_id: int) -> Banner:
    """A banner, open or not, with the player's `pity` on it. Raises NotFound."""
    banner = _with_pity(player_id).filter(pk=banner_id).first()
    if banner is None:
        raise NotFound
    return banner


def inventory_of(player_id: int) -> QuerySet[InventoryItem]:
    """What the player holds, one row a card, unordered; keyset key (-id,): the newest kind first."""
    return InventoryItem.objects.filter(player_id=player_id)


def collection_of(player_id: int) -> Collection:
    """The player's holdings laid out as the whole deck."""
    held = dict(inventory_of(player_id).values_list("item", "quantity"))
    return Collection(tuple(Slot(card, held.get(card.code, 0)) for card in rules.DECK))


def _with_pity(player_id: int) -> QuerySet[Banner]:
    count = Pity.objects.filter(player_id=player_id, banner_id=OuterRef("pk")).values("count")
    return Banner.objects.annotate(pity=Coalesce(Subquery(count), 0))


def has_pulls(banner_id: int) -> bool:
    """Whether anybody has pulled on the banner: then its odds and prices are frozen."""
    return Pity.objects.filter(banner_id=banner_id).exists()
