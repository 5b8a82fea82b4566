"""What players set for themselves, as operators see it: theirs alone to change."""

from django.contrib import admin

from accounts.player_admin import OfPlayerAdmin
from economy.limits.models import PlayLimit, PlayRest


@admin.register(PlayLimit)
class PlayLimitAdmin(OfPlayerAdmin):
    list_display = ["player", "kind", "amount", "next_amount", "next_at", "updated_at"]
    list_filter = ["kind"]


@admin.register(PlayRest)
class PlayRestAdmin(OfPlayerAdmin):
    list_display = ["player", "kind", "starts_at", "ends_at"]
    list_filter = ["kind"]
