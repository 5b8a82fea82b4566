"""Things for sale, for tests."""

import itertools
from datetime import timedelta

from casino_club.core import clock
from economy.shop.buying import Screened, place
from economy.shop.models import Package, Product, PromoCode
from economy.shop.rules import Kind, Order, PaymentMethod

_numbers = itertools.count(1)


def product(**fields) -> Product:
    """A pouch of 1,000 gold for 10 gems, unless said otherwise."""
    number = next(_numbers)
    given = {"code": f"pouch-{number}", "name": "금화 주머니", "currency": "gems", "price": 10}
    if not {"gold", "gems", "vip_points"} & fields.keys():
        given["gold"] = 1000
    return Product.objects.create(**(given | fields))


def package(**fields) -> Package:
    """A limited package of 500 gems for 9,900 won, on sale since yesterday until tomorrow."""
    number, now = next(_numbers), clock.now()
    given = {
        "code": f"moon-{number}",
        "name": "보름달 꾸러미",
        "currency": "KRW",
        "price": 9900,
        "starts_at": now - timedelta(days=1),
        "ends_at": now + timedelta(days=1),
        "stock": 100,
        "per_user_limit": 1,
    }
    if not {"gold", "gems", "vip_points"} & fields.keys():
        given["gold" if fields.get("currency") == "gems" else "gems"] = 500
    return Package.objects.create(**(given | fields))


def promo(**fields) -> PromoCode:
    """10 % off anything priced in gems, once a player."""
    number, now = next(_numbers), clock.now()
    given = {
        "code": f"SPRING-{number}",
        "kind": "percent",
        "value": 10,
        "currency": "gems",
        "starts_at": now - timedelta(days=1),
        "ends_at": now + timedelta(days=1),
    }
    return PromoCode.objects.create(**(given | fields))


def order_of(item: Product | Package, *, quantity: int = 1, promo_code: str = "", method: str | None = None) -> Order:
    """An order of the thing, paid as it is priced."""
    is_product = isinstance(item, Product)
    method = method or ("gems" if item.currency == "gems" else "card")
    return Order(
        Kind.PRODUCT if is_product else Kind.PACKAGE,
        item.pk if is_product else item.code,
        quantity,
        PaymentMethod(method),
        promo_code,
    )


def buy(user, item, *, now=None, review=False, **how):
    """Buy it; by card it waits for its payment (for a review first, with `review`)."""
    order = order_of(item, **how)
    screened = Screened(None, review) if order.payment_method == PaymentMethod.CARD else None
    return place(player_id=user.pk, order=order, screened=screened, now=now or clock.now()).purchase
