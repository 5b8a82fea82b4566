"""Statistics for operators, read-only."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from casino_club.core.admin import ReadOnlyAdmin
from games.search import found_by
from games.stats.models import UserGameStats


@admin.register(UserGameStats)
class UserGameStatsAdmin(ReadOnlyAdmin):
    list_display = [
        "user",
        "game",
        "rounds",
        "total_bets",
        "total_wins",
        "total_losses",
        "highest_multiplier",
        "total_wagered",
        "total_won",
        "total_profit",
        "updated_at",
    ]
    list_filter = ["game"]
    list_select_related = ["user"]
    search_fields = ["id"]
    search_help_text = _("A number, or a player’s exact name")
    ordering = ["-id"]

    def get_search_results(self, request, queryset, search_term):
        return found_by(queryset, search_term, owner="user"), False
