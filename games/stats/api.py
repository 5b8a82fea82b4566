"""A player's own statistics."""

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core import clock
from casino_club.core.api import ApiView
from games.stats.selectors import Figures, stats_of

HUNDREDTHS = 100


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


class MyStatsView(ApiView):
    @extend_schema(operation_id="games_stats_me", responses=StatsAnswer, tags=["games"])
    def get(self, request):
        """The caller's statistics: in total, and by game."""
        total, by_game = stats_of(request.user.pk)
        return Response(as_answer(total) | {"games": {game: as_answer(part) for game, part in by_game.items()}})


def as_answer(figures: Figures) -> dict:
    return asdict(figures) | {
        "highest_multiplier": figures.highest_multiplier / HUNDREDTHS,
        "updated_at": clock.iso(figures.updated_at) if figures.updated_at else None,
    }
