"""What is for sale, as one player sees it at one moment: the price now, what is left, whether it is theirs to buy."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from economy.ledger.rules import Asset
from economy.shop.models import Package, Product, Purchase
from economy.shop.rules import Currency, Phase, Status, discounted
from economy.vip.rules import Tier, standing_of

TIERS = list(Tier)


@dataclass(frozen=True, slots=True)
class Offer:
    """A product at its price of the moment. `locked`: the player's VIP tier is too low."""

    item: Product | Package
    unit_price: int
    locked: bool

    @property
    def contents(self) -> dict[Asset, int]:
        return self.item.contents

    @property
    def is_discounted(self) -> bool:
        return self.unit_price < self.item.price

    @property
    def by_card(self) -> bool:
        return self.item.currency == Currency.KRW


@dataclass(frozen=True, slots=True)
class LimitedOffer(Offer):
    """A limited package, with its window and the player's share of it."""

    phase: Phase
    purchased: int

    @property
    def user_remaining(self) -> int:
        return max(0, self.item.per_user_limit - self.purchased)

    @property
    def most(self) -> int:
        """How many the player can still buy."""
        return min(self.user_remaining, self.item.remaining)


def is_unlocked(item: Product | Package, vip_points: int) -> bool:
    """Whether a player of so many VIP points may buy it."""
    return TIERS.index(standing_of(vip_points).tier) >= TIERS.index(Tier(item.min_vip_tier))


def products_for_sale() -> QuerySet[Product]:
    """The catalogue, unordered; keyset key (-priority, -id). Without a payment provider nothing that a card pays."""
    return _payable(Product.objects.filter(is_active=True))


def packages_for_sale(player_id: int, *, now: datetime) -> QuerySet[Package]:
    """Limited packages that are or will be on sale, each with what the player has of it (`purchased`)."""
    mine = (
        Purchase.objects.filter(user_id=player_id, package=OuterRef("pk"))
        .exclude(status=Status.FAILED)
        .order_by()
        .values("package")
        .annotate(total=Sum("quantity"))
        .values("total")
    )
    packages = _payable(Package.objects.filter(is_active=True, ends_at__gt=now))
    return packages.annotate(purchased=Coalesce(Subquery(mine), 0))


def offer_of(product: Product, *, vip_points: int, now: datetime) -> Offer:
    return Offer(product, discounted(product.price, product.discount, now), not is_unlocked(product, vip_points))


def limited_offer_of(package: Package, *, vip_points: int, now: datetime) -> LimitedOffer:
    """Of a package read by `packages_for_sale`."""
    return LimitedOffer(
        package,
        discounted(package.price, package.discount, now),
        not is_unlocked(package, vip_points),
        _phase(package, now),
        package.purchased,
    )


def _payable(items: QuerySet) -> QuerySet:
    return items if settings.PAYMENTS_PROVIDER else items.exclude(currency=Currency.KRW)


def _phase(package: Package, now: datetime) -> Phase:
    if now < package.starts_at:
        return Phase.UPCOMING
    return Phase.OPEN if package.remaining else Phase.SOLD_OUT
