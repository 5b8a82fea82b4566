"""The shapes that the shop answers with."""

from rest_framework import serializers

from casino_club.core import clock
from economy.ledger.rules import Asset
from economy.shop import buying
from economy.shop.models import Purchase
from economy.shop.offers import LimitedOffer, Offer
from economy.shop.rules import GOODS, Status


class ShopContents(serializers.Serializer):
    gold = serializers.IntegerField()
    gems = serializers.IntegerField()
    vip_points = serializers.IntegerField()


class ShopDiscount(serializers.Serializer):
    percent = serializers.IntegerField()
    ends_at = serializers.DateTimeField(allow_null=True)


class ShopOffer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    currency = serializers.CharField(help_text="gems or KRW")
    price = serializers.IntegerField(help_text="What one costs now.")
    base_price = serializers.IntegerField(help_text="What one costs without the discount.")
    discount = ShopDiscount(allow_null=True)
    contents = ShopContents()
    min_vip_tier = serializers.CharField(help_text="STANDARD, PREMIUM or VIP")
    locked = serializers.BooleanField(help_text="The caller's VIP tier is too low.")


class ShopProduct(ShopOffer):
    id = serializers.IntegerField()


class ShopLimitedPackage(ShopOffer):
    start_at = serializers.DateTimeField()
    end_at = serializers.DateTimeField()
    phase = serializers.CharField(help_text="upcoming, open or sold_out")
    per_user_limit = serializers.IntegerField()
    remaining_stock = serializers.IntegerField()
    user_purchased = serializers.IntegerField()
    user_remaining = serializers.IntegerField()


class ShopPurchase(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField(help_text="product or package")
    code = serializers.CharField()
    quantity = serializers.IntegerField()
    unit_price = serializers.IntegerField()
    amount = serializers.IntegerField(help_text="What was or is to be paid, after the promo code.")
    currency = serializers.CharField(help_text="gems or KRW")
    payment_method = serializers.CharField(help_text="gems or card")
    contents = ShopContents()
    status = serializers.CharField(help_text="pending, paid, granted, failed or refunded")
    pay_url = serializers.CharField(allow_null=True, help_text="Where a pending purchase is paid.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    paid_at = serializers.DateTimeField(allow_null=True)
    granted_at = serializers.DateTimeField(allow_null=True)
    failed_at = serializers.DateTimeField(allow_null=True)
    refunded_at = serializers.DateTimeField(allow_null=True)
    refunded_amount = serializers.IntegerField()


class Bought(serializers.Serializer):
    purchase_id = serializers.IntegerField()
    status = serializers.CharField(help_text="pending by card, granted with gems")
    pay_url = serializers.CharField(required=False, help_text="By card: where it is paid.")
    amount = serializers.IntegerField(required=False, help_text="With gems: what was paid.")
    contents = ShopContents(required=False)
    new_gold_balance = serializers.IntegerField(required=False)
    new_gem_balance = serializers.IntegerField(required=False)
    new_vip_points = serializers.IntegerField(required=False)

    class Meta:
        ref_name = "ShopBought"


class _Page(serializers.Serializer):
    next = serializers.CharField(allow_null=True)


class Catalog(_Page):
    results = ShopProduct(many=True)

    class Meta:
        ref_name = "ShopCatalog"


class LimitedPackages(_Page):
    results = ShopLimitedPackage(many=True)

    class Meta:
        ref_name = "ShopLimitedPackages"


class Purchases(_Page):
    results = ShopPurchase(many=True)

    class Meta:
        ref_name = "ShopPurchases"


def contents_of(goods: dict[Asset, int]) -> dict[str, int]:
    return {asset.value: goods.get(asset, 0) for asset in GOODS}


def offer(shown: Offer) -> dict:
    return {"id": shown.item.pk} | _offer(shown)


def limited_offer(shown: LimitedOffer) -> dict:
    package = shown.item
    return _offer(shown) | {
        "start_at": clock.iso(package.starts_at),
        "end_at": clock.iso(package.ends_at),
        "phase": shown.phase,
        "per_user_limit": package.per_user_limit,
        "remaining_stock": package.remaining,
        "user_purchased": shown.purchased,
        "user_remaining": shown.user_remaining,
    }


def purchase(row: Purchase) -> dict:
    return {
        "id": row.pk,
        "kind": row.kind,
        "code": row.code,
        "quantity": row.quantity,
        "unit_price": row.unit_price,
        "amount": row.amount,
        "currency": row.currency,
        "payment_method": row.payment_method,
        "contents": contents_of(row.contents),
        "status": row.status,
        "pay_url": pay_url(row) if row.status == Status.PENDING else None,
        "created_at": clock.iso(row.created_at),
        "expires_at": _moment(row.expires_at),
        "paid_at": _moment(row.paid_at),
        "granted_at": _moment(row.granted_at),
        "failed_at": _moment(row.failed_at),
        "refunded_at": _moment(row.refunded_at),
        "refunded_amount": row.refunded_amount,
    }


def bought(made: buying.Bought) -> dict:
    """By card where to pay, with gems what was paid and is held now."""
    row = made.purchase
    answer = {"purchase_id": row.pk, "status": row.status}
    if made.balances is None:
        return answer | {"pay_url": pay_url(row)}
    return answer | {
        "amount": row.amount,
        "contents": contents_of(row.contents),
        "new_gold_balance": made.balances.gold,
        "new_gem_balance": made.balances.gems,
        "new_vip_points": made.balances.vip_points,
    }


def pay_url(row: Purchase) -> str:
    """Our page that leads to the payment's provider."""
    return f"/pay/{row.pk}"


def _offer(shown: Offer) -> dict:
    item = shown.item
    return {
        "code": item.code,
        "name": item.shown_name,
        "description": item.shown_description,
        "currency": item.currency,
        "price": shown.unit_price,
        "base_price": item.price,
        "discount": {"percent": item.discount_percent, "ends_at": _moment(item.discount_ends_at)}
        if shown.is_discounted
        else None,
        "contents": contents_of(item.contents),
        "min_vip_tier": item.min_vip_tier,
        "locked": shown.locked,
    }


def _moment(at) -> str | None:
    return clock.iso(at) if at else None
