"""The app's duties for beat, gathered from its features for Celery."""

from economy.fraud.tasks import watch_fraud
from economy.reconcile.tasks import reconcile_full, reconcile_recent
from economy.shop.tasks import release_expired_purchases
from economy.streaks.tasks import repair_streaks

__all__ = ["reconcile_full", "reconcile_recent", "release_expired_purchases", "repair_streaks", "watch_fraud"]
