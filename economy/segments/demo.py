"""What a fresh house recommends: made once, by code, and never touched again."""

from economy.segments.models import Recommendation
from economy.segments.rules import Segment
from economy.shop.models import Package, Product

EVERYBODY = ""
PRODUCTS = (
    (EVERYBODY, "gold-pouch", 10),
    (EVERYBODY, "gold-chest", 5),
    (Segment.NEW, "gems-50", 20),
    (Segment.LOW_VALUE, "gems-50", 20),
    (Segment.MEDIUM_VALUE, "gems-280", 20),
    (Segment.HIGH_VALUE, "gems-620", 20),
    (Segment.WHALE, "gems-1700", 20),
    (Segment.AT_RISK, "gold-storehouse", 20),
)
PACKAGES = (
    (EVERYBODY, "plum-gift", 20),
    (Segment.HIGH_VALUE, "full-moon-box", 30),
    (Segment.WHALE, "full-moon-box", 30),
    (Segment.AT_RISK, "full-moon-box", 30),
)


def seed() -> int:
    """Recommend what is on the shelves, where nothing is recommended yet; how much."""
    if Recommendation.objects.exists():
        return 0
    products = dict(Product.objects.values_list("code", "pk"))
    packages = dict(Package.objects.values_list("code", "pk"))
    rows = [
        Recommendation(segment=segment, product_id=products[code], priority=priority)
        for segment, code, priority in PRODUCTS
        if code in products
    ]
    rows += [
        Recommendation(segment=segment, package_id=packages[code], priority=priority)
        for segment, code, priority in PACKAGES
        if code in packages
    ]
    return len(Recommendation.objects.bulk_create(rows, ignore_conflicts=True))
