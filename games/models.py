"""The rows of the app, gathered from its features for Django."""

from games.fairness.models import SeedPair
from games.rounds.models import Round
from games.slot.models import FreeSpins
from games.stats.models import DailyGameStats, UserGameStats

__all__ = ["DailyGameStats", "FreeSpins", "Round", "SeedPair", "UserGameStats"]
