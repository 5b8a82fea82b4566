"""A player's own statistics, and their recalculation by operators."""

from dataclasses import asdict

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core import clock
from casino_club.core.api import ApiView, HasRole
from casino_club.core.errors import NotFound
from casino_club.core.schema import refusals
from casino_club.core.shapes import BIGINT_MAX, Shape, TextField
from economy.queries import read_whole
from games.stats.selectors import Figures, days_of, stats_of
from games.stats.services import Healed, recalculate

HUNDREDTHS = 100
DAYS_DEFAULT, DAYS_MOST = 30, 366


class FiguresAnswer(serializers.Serializer):
    rounds = serializers.IntegerField(help_text="Settled rounds, free ones included.")
    total_bets = serializers.IntegerField(help_text="Paid rounds.")
    total_wins = serializers.IntegerField(help_text="Rounds that paid more than was wagered.")
    total_losses = serializers.IntegerField(help_text="Rounds that paid less than was wagered.")
    highest_multiplier = serializers.FloatField()
    total_wagered = serializers.IntegerField()
    total_won = serializers.IntegerField()
    total_profit = serializers.IntegerField()
    updated_at = serializers.DateTimeField(allow_null=True)


class StatsAnswer(FiguresAnswer):
    games = serializers.DictField(child=FiguresAnswer())


class PlayedDayAnswer(StatsAnswer):
    date = serializers.DateField(help_text="The game day.")


class MyStatsAnswer(StatsAnswer):
    days = PlayedDayAnswer(many=True, help_text="The latest first; days without a round are left out.")


class RecalculateShape(Shape):
    reason = TextField(max_length=200, required=False, allow_blank=True, default="", help_text="For the audit.")


class HealedFiguresAnswer(serializers.Serializer):
    rounds = serializers.IntegerField()
    total_bets = serializers.IntegerField()
    total_wins = serializers.IntegerField()
    total_losses = serializers.IntegerField()
    highest_multiplier = serializers.FloatField()
    total_wagered = serializers.IntegerField()
    total_won = serializers.IntegerField()


class HealedAnswer(serializers.Serializer):
    date = serializers.DateField(allow_null=True, help_text="The game day; null for a game's total.")
    game = serializers.CharField()
    before = HealedFiguresAnswer(allow_null=True, help_text="Null: the row was missing.")
    after = HealedFiguresAnswer(allow_null=True, help_text="Null: there is no such round, the row is gone.")


class RecalculatedAnswer(StatsAnswer):
    user_id = serializers.IntegerField()
    healed = HealedAnswer(many=True)


class MyStatsView(ApiView):
    @extend_schema(
        operation_id="games_stats_me",
        parameters=[OpenApiParameter("days", int, description=f"1–{DAYS_MOST}, by default {DAYS_DEFAULT}.")],
        responses=MyStatsAnswer,
        tags=["games"],
    )
    def get(self, request):
        """The caller's statistics: in total and by game, of all time and of each of the last `days` game days."""
        count = read_whole(request, "days", least=1, most=DAYS_MOST, default=DAYS_DEFAULT)
        days = days_of(request.user.pk, days=count, now=request.now)
        return Response(
            answer_of(*stats_of(request.user.pk))
            | {"days": [{"date": day.date.isoformat(), **answer_of(day.total, day.by_game)} for day in days]}
        )


class RecalculateView(ApiView):
    permission_classes = (HasRole("support"),)

    @extend_schema(
        operation_id="games_stats_recalculate",
        request=RecalculateShape,
        responses={200: RecalculatedAnswer, **refusals(s403="permission_denied", s404="not_found")},
        tags=["games"],
    )
    def post(self, request, user_id: int):
        """Rebuild a player's statistics from their rounds. Operators with the role support; safe to repeat."""
        asked = RecalculateShape.read(request.data)
        if user_id > BIGINT_MAX:
            raise NotFound
        healed = recalculate(user_id=user_id, operator_id=request.user.pk, reason=asked["reason"], now=request.now)
        answer = answer_of(*stats_of(user_id))
        return Response(answer | {"user_id": user_id, "healed": [_healed(row) for row in healed]})


def answer_of(total: Figures, by_game: dict[str, Figures]) -> dict:
    """The total, and each game beside it."""
    return as_answer(total) | {"games": {game: as_answer(part) for game, part in by_game.items()}}


def as_answer(figures: Figures) -> dict:
    """Figures as the API gives them, the multiplier as a number."""
    return asdict(figures) | {
        "highest_multiplier": figures.highest_multiplier / HUNDREDTHS,
        "updated_at": clock.iso(figures.updated_at) if figures.updated_at else None,
    }


def _healed(row: Healed) -> dict:
    sides = {"before": row.before, "after": row.after}
    in_times = {
        side: figures and figures | {"highest_multiplier": figures["highest_multiplier"] / HUNDREDTHS}
        for side, figures in sides.items()
    }
    return asdict(row) | in_times
