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
                "results": serializers.ListField(child=serializers.DictField()),
                "next": serializers.CharField(allow_null=True),
            },
        ),
        tags=["games"],
    )
    def get(self, request):
        """The odds of every game: version, limits, every probability, and what was really drawn. All in one page.

        Those in force come first; after them those that were drawn from before, each with its `effective_until`.
        """
        book = versions()
        sheets = [*answers(), *(version.as_answer() for version in book if version.is_past)]
        seen = {version.version: [as_answer(table) for table in observed(version)] for version in book}
        return Response({"results": [sheet | {"observed": seen[sheet["version"]]} for sheet in sheets], "next": None})
