"""The rows many buyers share: a package's units and a promo code's uses. Taken last in an act, by condition.

Always the package before the promo code, and several of a kind by id, so that nobody waits in a circle.
"""

from collections import Counter
from collections.abc import Iterable

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casino_club.core.errors import DomainError
from economy.shop.models import Package, PromoCode, Purchase


class OutOfStock(DomainError):
    code = "out_of_stock"
    message = _("This package is sold out.")


class PromoExhausted(DomainError):
    """All of the code's uses are gone, or the player's own."""

    code = "promo_exhausted"
    message = _("This promo code has been used up.")


def hold(purchase: Purchase) -> None:
    """Keep what a payment is to come for. Raises OutOfStock, PromoExhausted."""
    _take(purchase, held=F("held") + purchase.quantity)


def sell(purchase: Purchase) -> None:
    """Take what is paid for at once. Raises OutOfStock, PromoExhausted."""
    _take(purchase, sold=F("sold") + purchase.quantity)


def settle(purchase: Purchase) -> None:
    """What was held is now sold."""
    if purchase.package_id is not None:
        Package.objects.filter(pk=purchase.package_id).update(
            held=F("held") - purchase.quantity, sold=F("sold") + purchase.quantity
        )


def give_back(purchases: Iterable[Purchase]) -> set[int]:
    """Put back what these held; the ids of the packages it went back to."""
    units, uses = Counter(), Counter()
    for purchase in purchases:
        if purchase.package_id is not None:
            units[purchase.package_id] += purchase.quantity
        if purchase.promo_id is not None:
            uses[purchase.promo_id] += 1
    for package_id, quantity in sorted(units.items()):
        Package.objects.filter(pk=package_id).update(held=F("held") - quantity)
    for promo_id, times in sorted(uses.items()):
        PromoCode.objects.filter(pk=promo_id).update(used=F("used") - times)
    return set(units)


def _take(purchase: Purchase, **taken: F) -> None:
    if purchase.package_id is not None:
        left = Package.objects.filter(pk=purchase.package_id, stock__gte=F("held") + F("sold") + purchase.quantity)
        if not left.update(**taken):
            raise OutOfStock
    if purchase.promo_id is not None:
        usable = PromoCode.objects.filter(Q(max_uses__isnull=True) | Q(max_uses__gt=F("used")), pk=purchase.promo_id)
        if not usable.update(used=F("used") + 1):
            raise PromoExhausted
