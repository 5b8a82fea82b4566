"""The app's duties for beat, gathered from its features for Celery."""

from economy.streaks.tasks import repair_streaks

__all__ = ["repair_streaks"]
