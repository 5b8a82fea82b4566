"""Passes as operators see them; seasons themselves are run in the economy."""

from django.contrib import admin

from accounts.player_admin import OfPlayerAdmin
from events.battlepass.models import PassClaim, PremiumPass


@admin.register(PremiumPass)
class PremiumPassAdmin(OfPlayerAdmin):
    list_display = ["created_at", "player", "season", "price_gems"]
    list_select_related = ["player", "season"]
    list_filter = ["season"]


@admin.register(PassClaim)
class PassClaimAdmin(OfPlayerAdmin):
    list_display = ["created_at", "player", "season", "tier", "track", "is_automatic"]
    list_select_related = ["player", "season"]
    list_filter = ["season", "track", "is_automatic"]
