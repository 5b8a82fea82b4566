"""The app's duties for beat, gathered from its features for Celery."""

from games.crash.tasks import sweep_crash_rounds
from games.odds.tasks import observe_odds
from games.rankings.tasks import close_rankings

__all__ = ["close_rankings", "observe_odds", "sweep_crash_rounds"]
