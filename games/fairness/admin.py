"""Seed pairs for operators: the server seed only once it is revealed."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.player_admin import NumberedOfPlayerAdmin
from casino_club.core.admin import with_beside
from games.fairness.models import SeedPair


@admin.register(SeedPair)
class SeedPairAdmin(NumberedOfPlayerAdmin):
    list_display = ["id", "player", "seeds", "next_nonce", "created_at", "revealed_at"]
    list_filter = [("revealed_at", admin.EmptyFieldListFilter)]
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
