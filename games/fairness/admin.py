"""Seed pairs for operators: the server seed only once it is revealed."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from casino_club.core.admin import ReadOnlyAdmin, with_beside
from games.fairness.models import SeedPair
from games.search import found_by


@admin.register(SeedPair)
class SeedPairAdmin(ReadOnlyAdmin):
    list_display = ["id", "player", "seeds", "next_nonce", "created_at", "revealed_at"]
    list_filter = [("revealed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["player"]
    search_fields = ["id"]
    search_help_text = _("A number, or a player’s exact name")
    ordering = ["-id"]
    fields = [
        "player",
        "server_seed_hash",
        "seed_once_revealed",
        "client_seed",
        "next_nonce",
        "created_at",
        "revealed_at",
    ]
    readonly_fields = ["seed_once_revealed"]

    def get_queryset(self, request):
        """Without the secret: it is read only where the pair is known to be revealed."""
        return super().get_queryset(request).defer("server_seed")

    @admin.display(description=_("server seed’s hash, client seed"))
    def seeds(self, pair: SeedPair) -> str:
        whole = pair.server_seed_hash
        return with_beside(format_html('<code title="{}">{}…</code>', whole, whole[:16]), pair.client_seed)

    @admin.display(description=_("server seed"))
    def seed_once_revealed(self, pair: SeedPair) -> str:
        return pair.revealed_server_seed or _("shown once the pair is revealed")

    def get_search_results(self, request, queryset, search_term):
        return found_by(queryset, search_term, owner="player"), False
