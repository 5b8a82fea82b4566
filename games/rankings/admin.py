"""Closed rankings for operators, read-only."""

from django.contrib import admin

from casino_club.core.admin import ReadOnlyAdmin
from games.rankings.models import Leaderboard


@admin.register(Leaderboard)
class LeaderboardAdmin(ReadOnlyAdmin):
    list_display = ["starts_at", "span", "metric", "period", "players", "closed_at", "prizes_paid_at"]
    list_filter = ["span", "metric", ("prizes_paid_at", admin.EmptyFieldListFilter)]
    ordering = ["-id"]
