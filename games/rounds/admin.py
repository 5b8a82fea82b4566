"""Rounds for operators, read-only."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.player_admin import NumberedOfPlayerAdmin
from casino_club.core.admin import FILTERED_AMONG, MOST_PAGES
from games.rounds.models import Round
from games.rounds.rules import times


@admin.register(Round)
class RoundAdmin(NumberedOfPlayerAdmin):
    filtered_among = FILTERED_AMONG
    list_display = ["id", "created_at", "player", "game", "status", "bet", "win", "times", "odds_version", "nonce"]
    list_filter = ["game", "status"]
    fields = [
        "player",
        "game",
        "status",
        "bet",
        "win",
        "times",
        "odds_version",
        "seed_pair",
        "nonce",
        "outcome",
        "created_at",
        "settled_at",
    ]
    readonly_fields = ["times"]

    @admin.display(description=_("multiplier"))
    def times(self, played: Round) -> str:
        return times(played.multiplier)

    def get_search_results(self, request, queryset, search_term):
        found, _several = super().get_search_results(request, queryset, search_term)
        if not search_term or not queryset.query.where:
            return found, False
        # Filtered as well: the index of a player's history holds what is filtered by, so the matches come from it alone,
        # as many as can be paged through and one more; the rows themselves are read for one page.
        matches = found.order_by("-pk").values("pk")[: MOST_PAGES * self.list_per_page + 1]
        return self.get_queryset(request).select_related("player").filter(pk__in=matches).order_by("-pk"), False
