"""What is recommended to the caller. Which segment that comes from is the house's own matter."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core import metrics
from casino_club.core.api import ApiView
from economy.segments.selectors import recommended
from economy.shop import answers
from economy.shop.models import Product
from economy.shop.offers import LimitedOffer, Offer

_shown = metrics.counter("shop_recommendations_total", "Recommended offers given to players.", ["kind"])


class RecommendedOffer(serializers.Serializer):
    kind = serializers.ChoiceField(["product", "package"])
    product = answers.ShopProduct(allow_null=True)
    package = answers.ShopLimitedPackage(allow_null=True)


class RecommendedOffers(serializers.Serializer):
    results = RecommendedOffer(many=True)
    next = serializers.CharField(allow_null=True)


class RecommendedView(ApiView):
    @extend_schema(operation_id="shop_recommended", responses=RecommendedOffers, tags=["shop"])
    def get(self, request):
        """A few offers for the caller, each of which they can buy now; the best first."""
        return Response(
            {"results": [_as_answer(offer) for offer in recommended(request.user.pk, now=request.now)], "next": None}
        )


def _as_answer(offer: Offer | LimitedOffer) -> dict:
    if isinstance(offer.item, Product):
        _shown.labels("product").inc()
        return {"kind": "product", "product": answers.offer(offer), "package": None}
    _shown.labels("package").inc()
    return {"kind": "package", "product": None, "package": answers.limited_offer(offer)}
