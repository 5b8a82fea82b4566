"""Rankings for machines."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core import clock
from casino_club.core.api import ApiView
from casino_club.core.errors import NotFound
from casino_club.core.schema import refusals
from economy.queries import read_choice
from games.rankings.rules import Metric, Span
from games.rankings.selectors import BoardView, Line, board_of, past_periods


class PrizeAnswer(serializers.Serializer):
    gold = serializers.IntegerField()
    gems = serializers.IntegerField()


class LineAnswer(serializers.Serializer):
    rank = serializers.IntegerField()
    nickname = serializers.CharField(allow_null=True, help_text="Null: the player does not want to be named.")
    score = serializers.IntegerField(help_text="Gold won less gold staked, or XP earned.")
    is_me = serializers.BooleanField()
    prize = PrizeAnswer(allow_null=True, help_text="What this place is given when the period is over.")


class PastAnswer(serializers.Serializer):
    period = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    players = serializers.IntegerField()


class LeaderboardAnswer(serializers.Serializer):
    span = serializers.ChoiceField([span.value for span in Span])
    metric = serializers.ChoiceField([metric.value for metric in Metric])
    period = serializers.CharField(help_text="The first day, or the season's number.")
    starts_at = serializers.DateTimeField()
    resets_at = serializers.DateTimeField(help_text="When the period ends.")
    is_final = serializers.BooleanField(help_text="Over and written down.")
    as_of = serializers.DateTimeField(help_text="How fresh the others' places are; one's own is always exact.")
    players = serializers.IntegerField()
    results = LineAnswer(many=True, help_text="The first 100 places.")
    me = LineAnswer(allow_null=True, help_text="Null while nothing of the caller counts.")
    neighbours = LineAnswer(many=True, help_text="Two places above the caller to two below.")
    past = PastAnswer(many=True, help_text="Closed periods, the latest first.")


class LeaderboardView(ApiView):
    @extend_schema(
        operation_id="games_leaderboard",
        parameters=[
            OpenApiParameter("span", str, OpenApiParameter.PATH, enum=[span.value for span in Span]),
            OpenApiParameter("metric", str, enum=[metric.value for metric in Metric], description="By default net."),
            OpenApiParameter(
                "period", str, description="A day, a Monday or a season's number; by default the running one."
            ),
        ],
        responses={200: LeaderboardAnswer, **refusals(s404="not_found")},
        tags=["games"],
    )
    def get(self, request, span: str):
        """The first 100, the caller's own place and its neighbours, of a running or a past period."""
        if span not in list(Span):
            raise NotFound
        metric = Metric(read_choice(request, "metric", [metric.value for metric in Metric], Metric.NET))
        board = board_of(
            span=Span(span),
            metric=metric,
            key=request.query_params.get("period"),
            player_id=request.user.pk,
            now=request.now,
        )
        return Response(as_answer(board))


def as_answer(board: BoardView) -> dict:
    period = board.period
    return {
        "span": period.span,
        "metric": board.metric,
        "period": period.key,
        "starts_at": clock.iso(period.starts_at),
        "resets_at": clock.iso(period.ends_at),
        "is_final": board.is_final,
        "as_of": clock.iso(board.as_of),
        "players": board.players,
        "results": [_line(line) for line in board.top],
        "me": _line(board.me) if board.me else None,
        "neighbours": [_line(line) for line in board.neighbours],
        "past": [
            {
                "period": past.period,
                "starts_at": clock.iso(past.starts_at),
                "ends_at": clock.iso(past.ends_at),
                "players": past.players,
            }
            for past in past_periods(period.span, board.metric)
        ],
    }


def _line(line: Line) -> dict:
    return {
        "rank": line.rank,
        "nickname": line.nickname,
        "score": line.score,
        "is_me": line.is_me,
        "prize": {"gold": line.prize.gold, "gems": line.prize.gems} if line.prize else None,
    }
