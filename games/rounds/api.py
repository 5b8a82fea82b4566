"""A player's history of rounds, and each round with what proves it."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core.api import ApiView, page_of, read_since
from casino_club.core.errors import InvalidInput, NotFound
from casino_club.core.schema import CURSOR, LIMIT, refusals
from casino_club.core.shapes import BIGINT_MAX
from games.fairness.answers import ProofAnswer
from games.rounds.answers import detail_answer, round_answer
from games.rounds.models import Game
from games.rounds.selectors import history_of, round_of


class RoundAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    game = serializers.ChoiceField(Game.choices)
    bet = serializers.IntegerField(help_text="Gold wagered; 0 in a free spin.")
    win = serializers.IntegerField()
    net_change = serializers.IntegerField()
    multiplier = serializers.FloatField()
    odds_version = serializers.CharField()
    created_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField()


class PreviousPullAnswer(serializers.Serializer):
    """The player's pull on the same banner before: its pity and its cards give the pity that this one began with."""

    id = serializers.IntegerField()
    pity = serializers.IntegerField()
    cards = serializers.ListField(child=serializers.CharField())


class RoundDetailAnswer(RoundAnswer):
    outcome = serializers.DictField(help_text="The game's own record of the round.")
    previous = PreviousPullAnswer(allow_null=True, help_text="Null for a banner's first pull, and in other games.")
    fairness = ProofAnswer()


HistoryAnswer = inline_serializer(
    "History", {"results": RoundAnswer(many=True), "next": serializers.CharField(allow_null=True)}
)


class HistoryView(ApiView):
    @extend_schema(
        operation_id="games_history",
        parameters=[
            OpenApiParameter("game", str, enum=Game.values),
            OpenApiParameter("since", str, description="ISO 8601 with zone: rounds from then on."),
            CURSOR,
            LIMIT,
        ],
        responses=HistoryAnswer,
        tags=["games"],
    )
    def get(self, request):
        """The caller's finished rounds, the latest first."""
        rounds = history_of(request.user.pk, game=_read_game(request), since=read_since(request))
        return Response(page_of(rounds, request, key=("-id",), serialize=round_answer))


class RoundView(ApiView):
    @extend_schema(
        operation_id="games_round",
        responses={200: RoundDetailAnswer, **refusals(s404="not_found")},
        tags=["games"],
    )
    def get(self, request, round_id: int):
        """One finished round of the caller, with what proves it once its seed pair is revealed."""
        if round_id > BIGINT_MAX:
            raise NotFound
        return Response(detail_answer(round_of(request.user.pk, round_id)))


def _read_game(request) -> str | None:
    game = request.query_params.get("game")
    if game is not None and game not in Game.values:
        raise InvalidInput({"game": [_("We have no such game.")]})
    return game
