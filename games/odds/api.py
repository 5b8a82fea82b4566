"""The odds book for machines."""

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from casino_club.core.api import ApiView
from games.odds.book import answers, versions
from games.odds.observed import as_answer, observed


class OddsView(ApiView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="games_odds",
        responses=inline_serializer(
            "OddsBook",
            {
                "games": serializers.ListField(child=serializers.DictField()),
                "past": serializers.ListField(child=serializers.DictField()),
            },
        ),
        tags=["games"],
    )
    def get(self, request):
        """The odds of every game: version, limits, every probability, and what was really drawn.

        `games` holds those in force; `past` those that were drawn from before, each until a day.
        """
        book = versions()
        seen = {version.version: [as_answer(table) for table in observed(version)] for version in book}
        past = [version.as_answer() for version in book if version.is_past]
        return Response(
            {
                "games": [sheet | {"observed": seen[sheet["version"]]} for sheet in answers()],
                "past": [sheet | {"observed": seen[sheet["version"]]} for sheet in past],
            }
        )
