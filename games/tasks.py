"""The app's duties for beat, gathered from its features for Celery."""

from games.crash.tasks import sweep_crash_rounds

__all__ = ["sweep_crash_rounds"]
