"""What was given, as operators see it."""

from django.contrib import admin

from economy.player_admin import OfPlayerAdmin
from economy.rewards.models import UserReward


@admin.register(UserReward)
class UserRewardAdmin(OfPlayerAdmin):
    player_field = "user"
    list_display = [
        "created_at",
        "user",
        "reward_type",
        "gold_amount",
        "gem_amount",
        "xp_amount",
        "vip_points",
        "idempotency_key",
    ]
    list_select_related = ["user"]
    search_fields = ["user__site_id"]
