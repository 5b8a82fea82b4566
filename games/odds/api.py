"""The odds book for machines."""

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from casino_club.core.api import ApiView
from games.odds import gacha, slot


class OddsView(ApiView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="games_odds",
        responses=inline_serializer("OddsBook", {"games": serializers.ListField(child=serializers.DictField())}),
        tags=["games"],
    )
    def get(self, request):
        """The current odds of every game: version, limits, exact return to player, every probability."""
        return Response({"games": [slot.as_answer(), *gacha.as_answers()]})
