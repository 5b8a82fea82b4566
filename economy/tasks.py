"""The app's duties for beat, gathered from its features for Celery."""

from economy.approvals.tasks import expire_approvals
from economy.fraud.tasks import watch_fraud
from economy.house.tasks import fold_house_hours, fold_house_hours_again
from economy.payments.tasks import send_refunds, watch_payment_failures
from economy.reconcile.tasks import reconcile_full, reconcile_recent
from economy.segments.tasks import nightly_segmentation
from economy.shop.tasks import release_expired_purchases
from economy.streaks.tasks import repair_streaks
from economy.webhooks.tasks import deliver_webhooks, purge_webhooks

__all__ = [
    "deliver_webhooks",
    "expire_approvals",
    "fold_house_hours",
    "fold_house_hours_again",
    "nightly_segmentation",
    "purge_webhooks",
    "reconcile_full",
    "reconcile_recent",
    "release_expired_purchases",
    "repair_streaks",
    "send_refunds",
    "watch_fraud",
    "watch_payment_failures",
]
