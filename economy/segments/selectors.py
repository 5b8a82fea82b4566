"""Where a player stands, what is recommended to them, and a night of segmentation as operators read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from economy.ledger.selectors import wallet_of
from economy.segments.models import PlayerSegment, Recommendation, SegmentDay
from economy.segments.rules import SEGMENT_LABELS, Segment
from economy.shop.models import Product
from economy.shop.offers import (
    LimitedOffer,
    Offer,
    limited_offer_of,
    offer_of,
    packages_for_sale,
    products_for_sale,
)
from economy.shop.rules import Phase

SHOWN = 3
LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Size:
    """One segment on one day: how many, what share of all, and how many more than the day before."""

    segment: Segment
    label: str
    players: int
    percent: int
    delta: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """Who came out of one segment: how many into each, in the order of the segments."""

    label: str
    moved: Sequence[int]


def segment_of(player_id: int) -> Segment:
    """The player's segment; whoever no night has seen yet is new."""
    found = PlayerSegment.objects.filter(pk=player_id).values_list("segment", flat=True).first()
    return Segment(found) if found else Segment.NEW


def recommended(player_id: int, *, now: datetime, most: int = SHOWN) -> list[Offer | LimitedOffer]:
    """What operators recommend to the player's segment and then to everybody, as far as the player can buy it now."""
    mine = segment_of(player_id)
    rows = list(Recommendation.objects.filter(is_active=True, segment__in=[mine, ""])[:LOOKED_AT])
    rows.sort(key=lambda row: (row.segment != mine, -row.priority, -row.pk))
    offers = _offers(player_id, rows, now) if rows else {}
    found = [offers[key] for key in dict.fromkeys(map(_key, rows)) if key in offers]
    return found[:most]


def sizes_of(day: SegmentDay) -> list[Size]:
    """The segments of a day beside the day before."""
    before = SegmentDay.objects.filter(date__lt=day.date).order_by("-date").first()
    whole = max(1, sum(day.sizes.values()))
    return [
        Size(
            segment=segment,
            label=str(label),
            players=(players := day.sizes.get(segment, 0)),
            percent=round(100 * players / whole),
            delta=players - before.sizes.get(segment, 0) if before else None,
        )
        for segment, label in SEGMENT_LABELS.items()
    ]


def movement_of(day: SegmentDay) -> list[Row]:
    """From each segment (and from outside) into each."""
    moved = {(source, target): players for source, target, players in day.moves}
    sources: Mapping[str, object] = {"": "–", **SEGMENT_LABELS}
    return [
        Row(str(label), [moved.get((source, target), 0) for target in SEGMENT_LABELS])
        for source, label in sources.items()
    ]


def _offers(player_id: int, rows: Sequence[Recommendation], now: datetime) -> dict[tuple, Offer | LimitedOffer]:
    """The recommended things that can be bought at this moment."""
    points = wallet_of(player_id).vip_points
    products = products_for_sale().filter(pk__in=[row.product_id for row in rows if row.product_id])
    packages = packages_for_sale(player_id, now=now).filter(pk__in=[row.package_id for row in rows if row.package_id])
    offers = [offer_of(product, vip_points=points, now=now) for product in products]
    offers += [limited_offer_of(package, vip_points=points, now=now) for package in packages]
    return {
        (isinstance(offer.item, Product), offer.item.pk): offer
        for offer in offers
        if not offer.locked and (not isinstance(offer, LimitedOffer) or (offer.phase == Phase.OPEN and offer.most))
    }


def _key(row: Recommendation) -> tuple:
    return (True, row.product_id) if row.product_id else (False, row.package_id)
