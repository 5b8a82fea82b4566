"""Statistics for operators: read, and rebuilt from the rounds."""

from django.contrib import admin, messages
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.player_admin import NumberedOfPlayerAdmin
from casino_club.core import audit, clock, roles
from games.profile.labels import game_label, healed_in_words
from games.rounds.models import Game
from games.rounds.rules import times
from games.stats.models import StatsRecalculation, UserGameStats
from games.stats.services import Healed, recalculate


class GameFilter(admin.SimpleListFilter):
    title, parameter_name = _("game"), "game"

    def lookups(self, request, model_admin):
        return Game.choices

    def queryset(self, request, queryset):
        return queryset.filter(game=self.value()) if self.value() else queryset


@admin.register(UserGameStats)
class UserGameStatsAdmin(NumberedOfPlayerAdmin):
    player_field = "user"
    list_display = [
        *("user", "played", "rounds", "total_wins", "total_losses", "best"),
        *("total_wagered", "total_won", "total_profit", "updated_at"),
    ]
    list_filter = [GameFilter]
    list_select_related = ["user"]
    fields = [
        *("user", "played", "rounds", "total_bets", "total_wins", "total_losses", "best"),
        *("total_wagered", "total_won", "total_profit", "updated_at"),
    ]
    actions = ["recalculate_players"]

    @admin.display(description=_("game"))
    def played(self, row: UserGameStats) -> str:
        return game_label(row.game)

    @admin.display(description=_("highest multiplier"))
    def best(self, row: UserGameStats) -> str:
        return times(row.highest_multiplier)

    @admin.action(description=_("Recalculate from the rounds"), permissions=["recalculate"])
    def recalculate_players(self, request, queryset):
        reason = audit.given_reason(request)
        healed = sum(
            len(recalculate(user_id=user_id, operator_id=request.user.pk, reason=reason, now=clock.now()))
            for user_id in set(queryset.values_list("user_id", flat=True))
        )
        text = ngettext("%(count)d row healed.", "%(count)d rows healed.", healed) % {"count": healed}
        self.message_user(request, text, messages.WARNING if healed else messages.SUCCESS)

    def has_recalculate_permission(self, request) -> bool:
        return roles.has(request.user, "support")


@admin.register(StatsRecalculation)
class StatsRecalculationAdmin(NumberedOfPlayerAdmin):
    player_field = "user"
    list_display = ["id", "created_at", "user", "rows_healed"]
    list_select_related = ["user"]
    fields = ["user", "what_was_healed", "created_at"]

    @admin.display(description=_("rows healed"))
    def rows_healed(self, done: StatsRecalculation) -> int:
        return len(done.healed)

    @admin.display(description=_("healed"))
    def what_was_healed(self, done: StatsRecalculation) -> str:
        """Each row with the figures that were wrong."""
        lines = ((healed_in_words(Healed(**row)),) for row in done.healed)
        return format_html_join(mark_safe("<br>"), "{}", lines) or "–"
