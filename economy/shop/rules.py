"""What a purchase costs, which way it may go from where it stands, and what never may be sent to us. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from economy.ledger.rules import Asset

QUANTITY_MAX = 10
PRICE_MAX = 100_000_000
GOODS_MAX = 1_000_000_000
MOST_OFF_PERCENT = 90
"""A discount window, and a promo code after it, each take off at most this much: nothing is ever free by mistake."""

HOLD_FOR = timedelta(minutes=5)
"""How long a card payment may take while it holds stock and a promo code's use."""

REVIEW_FOR = timedelta(hours=24)
"""How long a purchase waits for an operator's review; meanwhile it holds nothing."""

EXPIRED = "expired"
"""Why a purchase failed that waited too long."""

DECLINED = "declined"
"""Why a purchase failed whose payer, or the payer's bank, said no."""

LATE = "paid after the hold had ended"
"""Why a payment is given back that came when nothing was left to deliver."""

AT_THE_PROVIDER = "refunded at the provider"
"""Why a purchase is refunded that nobody here refunded."""

WHYS = {
    EXPIRED: _("not paid in time"),
    DECLINED: _("declined by the payer or the bank"),
    LATE: _("paid after the hold had ended"),
    AT_THE_PROVIDER: _("refunded at the provider"),
}


def why_in_words(why: str) -> str:
    """Why a purchase went on: the house's reasons in the reader's language, an operator's as it was written."""
    return str(WHYS.get(why, why))


GOODS = (Asset.GOLD, Asset.GEMS, Asset.VIP_POINTS)
"""What the shop sells. Not XP: the battle pass is climbed by play."""

PAYMENT, DELIVERY, REFUND, RETURN = "shop.payment", "shop.goods", "shop.refund", "shop.return"
"""The ledger's reasons: gems paid, goods received, gems paid back, goods taken back."""


class Currency(StrEnum):
    """Prices in gems are paid from the wallet, prices in won (whole KRW) by card."""

    GEMS = "gems"
    KRW = "KRW"


class PaymentMethod(StrEnum):
    GEMS = "gems"
    CARD = "card"


PAID_BY = {Currency.GEMS: PaymentMethod.GEMS, Currency.KRW: PaymentMethod.CARD}


class Kind(StrEnum):
    """What was bought: something of the catalogue, or a limited package."""

    PRODUCT = "product"
    PACKAGE = "package"


class Status(StrEnum):
    PENDING = "pending"
    PAID = "paid"
    GRANTED = "granted"
    FAILED = "failed"
    REFUNDED = "refunded"


NEXT: dict[Status, tuple[Status, ...]] = {
    Status.PENDING: (Status.PAID, Status.FAILED),
    Status.PAID: (Status.GRANTED, Status.REFUNDED),
    Status.GRANTED: (Status.REFUNDED,),
    Status.FAILED: (),
    Status.REFUNDED: (),
}
"""Where a purchase may go; no way leads back. A payment that comes late may still lead from failed to paid (`late`), so
each status is reached at most once all the same.
"""


class Review(StrEnum):
    """What became of the fraud rules' wish that an operator look first; empty where they had none."""

    NONE = ""
    WAITING = "waiting"
    APPROVED = "approved"
    DENIED = "denied"


class Phase(StrEnum):
    """Where a limited package stands in its window."""

    UPCOMING = "upcoming"
    OPEN = "open"
    SOLD_OUT = "sold_out"


class PromoKind(StrEnum):
    PERCENT = "percent"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Order:
    """What a player asks for: `item` is a product's id or a package's code.

    `expected` is the amount that they were shown, where they were shown one: nobody pays another.
    """

    kind: Kind
    item: int | str
    quantity: int
    payment_method: PaymentMethod
    promo_code: str = ""
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Discount:
    """So many percent off the unit price from `starts_at` up to `ends_at`; None stands for no such bound."""

    percent: int
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def is_on(self, now: datetime) -> bool:
        return (
            self.percent > 0
            and (self.starts_at is None or self.starts_at <= now)
            and (self.ends_at is None or now < self.ends_at)
        )


def discounted(price: int, discount: Discount, now: datetime) -> int:
    """The unit price at `now`. What comes off is rounded down."""
    return price - price * discount.percent // 100 if discount.is_on(now) else price


def after_promo(total: int, kind: PromoKind, value: int) -> int:
    """An order's total less a promo code, once an order. What comes off is rounded down and at most 90 %."""
    off = total * value // 100 if kind is PromoKind.PERCENT else value
    return total - min(off, total * MOST_OFF_PERCENT // 100)


def share_of(goods: int, refunded: int, paid: int) -> int:
    """The part of the goods that a refund of `refunded` out of `paid` asks back, rounded down."""
    return goods * refunded // paid


def purchase_reference(purchase_id: int) -> str:
    """Under what a purchase's entries stand in the ledger."""
    return f"purchase:{purchase_id}"


_DIGITS = re.compile(r"\d(?:[ -]?\d)+")


def looks_like_card_number(text: str) -> bool:
    """Whether 12 to 19 digits in a row (spaces and hyphens aside) pass Luhn's test: nothing such may reach us."""
    runs = ("".join(filter(str.isdecimal, run)) for run in _DIGITS.findall(text))
    return any(12 <= len(run) <= 19 and _passes_luhn(run) for run in runs)


def _passes_luhn(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
