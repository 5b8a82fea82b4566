"""What was given, as operators see it."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.player_admin import OfPlayerAdmin
from casino_club.core.admin import with_beside
from economy.rewards.models import UserReward
from economy.rewards.rules import type_label


@admin.register(UserReward)
class UserRewardAdmin(OfPlayerAdmin):
    player_field = "user"
    list_display = ["created_at", "user", "what_for", "gold_amount", "gem_amount", "xp_amount", "vip_points"]
    list_select_related = ["user"]
    search_fields = ["user__site_id"]
    fields = [
        *("user", "what_for", "gold_amount", "gem_amount", "xp_amount", "vip_points"),
        *("reward_metadata", "created_at"),
    ]
    readonly_fields = ["what_for"]

    @admin.display(description=_("type"))
    def what_for(self, reward: UserReward) -> str:
        return with_beside(type_label(reward.reward_type), reward.idempotency_key)
