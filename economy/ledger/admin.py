"""The books as operators see them: nothing here can be changed."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.player_admin import OfPlayerAdmin
from casino_club.core.admin import FILTERED_AMONG, with_beside
from economy.ledger.models import Entry, Tally, Wallet
from economy.ledger.rules import CHART, label_of, level_of


class ReasonFilter(admin.SimpleListFilter):
    """By the chart, which is code: no query is needed to list it."""

    title = _("reason")
    parameter_name = "reason"

    def lookups(self, request, model_admin):
        return [(name, f"{reason.label} ({name})") for name, reason in CHART.items()]

    def queryset(self, request, queryset):
        return queryset.filter(reason=self.value()) if self.value() else queryset


class ReasonedAdmin(OfPlayerAdmin):
    """Moves of the books, each named by its reason's label; the name that the code has for it is one hover away."""

    filtered_among = FILTERED_AMONG
    list_filter = ["asset", ReasonFilter]
    readonly_fields = ["why"]

    @admin.display(description=_("reason"))
    def why(self, row: Entry | Tally) -> str:
        return format_html('<span title="{}">{}</span>', row.reason, label_of(row.reason))

    def get_fields(self, request, obj=None):
        return ["why" if name == "reason" else name for name in super().get_fields(request, obj) if name != "why"]


@admin.register(Wallet)
class WalletAdmin(OfPlayerAdmin):
    list_display = ["player", "gold", "gems", "xp", "level", "vip_points"]

    @admin.display(description=_("level"))
    def level(self, wallet: Wallet) -> int:
        return level_of(wallet.xp).level


@admin.register(Entry)
class EntryAdmin(ReasonedAdmin):
    player_ordering = ["-created_at", "-id"]
    list_display = ["created_at", "player", "what_for", "asset", "amount", "balance_after"]

    @admin.display(description=_("reason"))
    def what_for(self, entry: Entry) -> str:
        return with_beside(self.why(entry), entry.reference)


@admin.register(Tally)
class TallyAdmin(ReasonedAdmin):
    list_display = ["hour", "player", "why", "asset", "entries", "units", "amount"]
