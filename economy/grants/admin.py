"""What operators gave, as operators see it."""

from django.contrib import admin

from economy.grants.models import OperatorGrant
from economy.player_admin import OfPlayerAdmin


@admin.register(OperatorGrant)
class OperatorGrantAdmin(OfPlayerAdmin):
    list_display = [
        "created_at",
        "player",
        "gold",
        "gems",
        "xp",
        "vip_points",
        "reason",
        "operator",
        "approved_by",
    ]
    list_select_related = ["player", "operator", "approved_by"]
