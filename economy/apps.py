"""What it is worth: ledger, rewards, onboarding, streaks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EconomyConfig(AppConfig):
    name = "economy"
    verbose_name = _("Economy")
    role_permissions: dict[str, tuple[str, ...]] = {
        "economy": (
            *("add_season", "change_season"),
            *("add_seasontier", "change_seasontier", "delete_seasontier"),
            *("add_recommendation", "change_recommendation"),
            "add_rewardpolicy",
            *("add_product", "change_product"),
            *("add_package", "change_package"),
            *("add_promocode", "change_promocode"),
            "change_purchase",
            *("settle_payment", "refund_payment", "review_payment"),
        ),
        "security": ("review_payment", "add_webhookendpoint", "change_webhookendpoint", "change_webhookevent"),
    }
