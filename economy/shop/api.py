"""The shop's doors for machines."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from casino_club.core import shapes
from casino_club.core.api import ApiView, idempotent, page_of
from casino_club.core.schema import CURSOR, LIMIT, refusals
from economy.fraud.device import fingerprint_of
from economy.ledger.selectors import wallet_of
from economy.shop import answers, buying
from economy.shop.offers import limited_offer_of, offer_of, packages_for_sale, products_for_sale
from economy.shop.rules import QUANTITY_MAX, Kind, Order, PaymentMethod, looks_like_card_number
from economy.shop.selectors import purchase_of, purchases_of

METHODS = [method.value for method in PaymentMethod]


class BuyShape(shapes.Shape):
    """What both ways of buying ask for. Anything that looks like a card's number is refused, wherever it stands."""

    quantity = shapes.IntegerField(min_value=1, max_value=QUANTITY_MAX, default=1)
    payment_method = shapes.ChoiceField(METHODS)
    card_token = shapes.TextField(
        max_length=128,
        pattern=r"[\x21-\x7e]+",
        required=False,
        allow_null=True,
        help_text="The payment provider's token of a card; never a card's number.",
    )
    promo_code = shapes.TextField(
        max_length=32, pattern=r"[A-Za-z0-9-]{3,32}", required=False, allow_null=True, allow_blank=True
    )

    expected_amount = shapes.IntegerField(
        min_value=1,
        required=False,
        allow_null=True,
        help_text="What the player was shown; at any other amount the answer is `price_changed`.",
    )

    def to_internal_value(self, data):
        if isinstance(data, Mapping):
            found = [name for name, value in data.items() if looks_like_card_number(str(value))]
            if found:
                raise serializers.ValidationError({name: [_("Never send us a card's number.")] for name in found})
        return super().to_internal_value(data)


class ShopBuy(BuyShape):
    product_id = shapes.IntegerField(min_value=1)


class ShopBuyLimited(BuyShape):
    code = shapes.TextField(max_length=40, pattern=r"[-A-Za-z0-9_]+")


class CatalogView(ApiView):
    @extend_schema(
        operation_id="shop_catalog",
        parameters=[CURSOR, LIMIT],
        responses=answers.Catalog,
        tags=["shop"],
    )
    def get(self, request):
        """What is always for sale, at the price of this moment. Card prices only where cards can be taken."""
        vip_points = wallet_of(request.user.pk).vip_points

        def shown(product) -> dict:
            return answers.offer(offer_of(product, vip_points=vip_points, now=request.now))

        return Response(page_of(products_for_sale(), request, serialize=shown, key=("-priority", "-id")))


class LimitedPackagesView(ApiView):
    @extend_schema(
        operation_id="shop_limited_packages",
        parameters=[CURSOR, LIMIT],
        responses=answers.LimitedPackages,
        tags=["shop"],
    )
    def get(self, request):
        """Limited packages that are or will be on sale, with what is left and the caller's share."""
        vip_points = wallet_of(request.user.pk).vip_points

        def shown(package) -> dict:
            return answers.limited_offer(limited_offer_of(package, vip_points=vip_points, now=request.now))

        packages = packages_for_sale(request.user.pk, now=request.now)
        return Response(page_of(packages, request, serialize=shown, key=("-priority", "-id")))


class PurchasesView(ApiView):
    @extend_schema(
        operation_id="shop_purchases",
        parameters=[CURSOR, LIMIT],
        responses=answers.Purchases,
        tags=["shop"],
    )
    def get(self, request):
        """The caller's purchases, the latest first."""
        return Response(page_of(purchases_of(request.user.pk), request, serialize=answers.purchase))


class PurchaseView(ApiView):
    @extend_schema(
        operation_id="shop_purchase",
        responses={200: answers.ShopPurchase, **refusals(s404="not_found")},
        tags=["shop"],
    )
    def get(self, request, purchase_id: int):
        """One purchase of the caller's: ask again until a card payment is settled."""
        return Response(answers.purchase(purchase_of(request.user.pk, purchase_id)))


class _BuyingView(ApiView):
    rates = (("purchase", "RATE_PURCHASES_PER_MINUTE", 60),)

    def order(self, request: Request) -> tuple[Order, str | None]:
        """What is asked for, and the card's token. Raises InvalidInput."""
        raise NotImplementedError

    def screen(self, request: Request) -> buying.Screened | None:
        order, card_token = self.order(request)
        return buying.screen(
            player_id=request.user.pk,
            order=order,
            card_token=card_token,
            address=request.client_ip,
            fingerprint=fingerprint_of(request),
            now=request.now,
        )

    def place(self, request: Request, screened: buying.Screened | None) -> Response:
        order, _token = self.order(request)
        bought = buying.place(player_id=request.user.pk, order=order, screened=screened, now=request.now)
        return Response(answers.bought(bought), status=201)


_REFUSED = refusals(
    s403="permission_denied, password_change_required, fraud_hard_block",
    s404="not_found",
    s409="insufficient_gems, vip_tier_required, payment_method_refused, payments_unavailable, promo_invalid, "
    "promo_exhausted, price_changed, wallet_missing",
    s429="rate_limited, fraud_soft_block",
)
_LIMITED_REFUSED = _REFUSED | refusals(
    s409="window_closed, out_of_stock, user_limit, insufficient_gems, vip_tier_required, payment_method_refused, "
    "payments_unavailable, promo_invalid, promo_exhausted, price_changed, wallet_missing"
)


class BuyView(_BuyingView):
    def order(self, request: Request) -> tuple[Order, str | None]:
        asked = ShopBuy.read(request.data)
        return _order(Kind.PRODUCT, asked["product_id"], asked), asked.get("card_token")

    @extend_schema(operation_id="shop_buy", request=ShopBuy, responses={201: answers.Bought, **_REFUSED}, tags=["shop"])
    @idempotent(ahead=_BuyingView.screen)
    def post(self, request, screened):
        """Buy from the catalogue: with gems at once; by card the purchase waits until it is paid at `pay_url`."""
        return self.place(request, screened)


class BuyLimitedView(_BuyingView):
    def order(self, request: Request) -> tuple[Order, str | None]:
        asked = ShopBuyLimited.read(request.data)
        return _order(Kind.PACKAGE, asked["code"], asked), asked.get("card_token")

    @extend_schema(
        operation_id="shop_buy_limited",
        request=ShopBuyLimited,
        responses={201: answers.Bought, **_LIMITED_REFUSED},
        tags=["shop"],
    )
    @idempotent(ahead=_BuyingView.screen)
    def post(self, request, screened):
        """Buy a limited package; by card it is held for 5 minutes. The last one goes to exactly one buyer."""
        return self.place(request, screened)


def _order(kind: Kind, item: int | str, asked: Mapping) -> Order:
    return Order(
        kind,
        item,
        asked["quantity"],
        PaymentMethod(asked["payment_method"]),
        (asked.get("promo_code") or "").upper(),
        asked.get("expected_amount"),
    )
