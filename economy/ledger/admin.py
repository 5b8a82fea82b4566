"""The books as operators see them: nothing here can be changed."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.users.selectors import user_named
from casino_club.core.admin import ReadOnlyAdmin
from economy.ledger.models import Entry, Tally, Wallet
from economy.ledger.rules import CHART, level_of


class OfPlayerAdmin(ReadOnlyAdmin):
    """Rows of players, newest first; searched by a player's exact name, so that an index answers at any size."""

    player_field = "player"
    list_select_related = ["player"]
    search_fields = ["player__site_id"]
    search_help_text = _("Search by the player's exact sign-in name or nickname.")
    ordering = ["-pk"]

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        player = user_named(search_term)
        return (queryset.filter(**{self.player_field: player}) if player else queryset.none()), False


class ReasonFilter(admin.SimpleListFilter):
    """By the chart, which is code: no query is needed to list it."""

    title = _("reason")
    parameter_name = "reason"

    def lookups(self, request, model_admin):
        return [(name, f"{reason.label} ({name})") for name, reason in CHART.items()]

    def queryset(self, request, queryset):
        return queryset.filter(reason=self.value()) if self.value() else queryset


@admin.register(Wallet)
class WalletAdmin(OfPlayerAdmin):
    list_display = ["player", "gold", "gems", "xp", "level", "vip_points"]

    @admin.display(description=_("level"))
    def level(self, wallet: Wallet) -> int:
        return level_of(wallet.xp).level


@admin.register(Entry)
class EntryAdmin(OfPlayerAdmin):
    list_display = ["created_at", "player", "reason", "asset", "amount", "units", "balance_after", "reference"]
    list_filter = ["asset", ReasonFilter]


@admin.register(Tally)
class TallyAdmin(OfPlayerAdmin):
    list_display = ["hour", "player", "reason", "asset", "entries", "units", "amount"]
    list_filter = ["asset", ReasonFilter]
