"""The switch that hides a player's name, for machines."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core.api import ApiView
from casino_club.core.shapes import BooleanField, Shape
from games.publicity.selectors import is_hidden
from games.publicity.services import set_hidden


class PublicityShape(Shape):
    name_hidden = BooleanField(help_text="True: masked on rankings, left out of the recent big wins.")


class PublicityAnswer(serializers.Serializer):
    name_hidden = serializers.BooleanField()


class PublicityView(ApiView):
    @extend_schema(operation_id="games_publicity", responses=PublicityAnswer, tags=["games"])
    def get(self, request):
        """Whether the caller's name is hidden from others."""
        return Response({"name_hidden": is_hidden(request.user.pk)})

    @extend_schema(
        operation_id="games_publicity_set", request=PublicityShape, responses=PublicityAnswer, tags=["games"]
    )
    def put(self, request):
        """Hide or show the caller's name."""
        asked = PublicityShape.read(request.data)
        hidden = set_hidden(player_id=request.user.pk, hidden=asked["name_hidden"], now=request.now)
        return Response({"name_hidden": hidden})
