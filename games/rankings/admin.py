"""Closed rankings for operators, with their places; read-only."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from casino_club.core.admin import ReadOnlyAdmin
from economy.ledger.rules import ASSET_LABELS
from games.rankings.models import Leaderboard, Standing
from games.rankings.rules import TOP, Span, prize_for


class StandingInline(admin.TabularInline):
    """The places that everybody is shown, and what each was given once the prizes were paid."""

    model = Standing
    verbose_name_plural = _("the first 100 places")
    fields = ["rank", "player", "score", "prize"]
    readonly_fields = fields
    ordering = ["rank"]
    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).filter(rank__lte=TOP).select_related("player", "leaderboard")

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    @admin.display(description=_("prize"))
    def prize(self, standing: Standing) -> str:
        given = prize_for(Span(standing.leaderboard.span), standing.rank, standing.score)
        return ", ".join(f"{amount:,} {ASSET_LABELS[asset]}" for asset, amount in given.by_asset()) if given else "–"


@admin.register(Leaderboard)
class LeaderboardAdmin(ReadOnlyAdmin):
    inlines = [StandingInline]
    list_display = ["starts_at", "ends_at", "span", "metric", "players", "closed_at", "prizes_paid_at"]
    list_filter = ["span", "metric", ("prizes_paid_at", admin.EmptyFieldListFilter)]
    ordering = ["-id"]
    fields = ["span", "metric", "starts_at", "ends_at", "players", "closed_at", "prizes_paid_at"]
