"""The rows of the app, gathered from its features for Django."""

from games.fairness.models import SeedPair
from games.gacha.models import Banner, InventoryItem, Pity
from games.odds.models import ObservationWatermark, ObservedOutcome
from games.publicity.models import HiddenName
from games.rankings.models import Leaderboard, Standing
from games.rounds.models import Round
from games.slot.models import FreeSpins
from games.stats.models import DailyGameStats, StatsRecalculation, UserGameStats

__all__ = [
    "Banner",
    "DailyGameStats",
    "FreeSpins",
    "HiddenName",
    "InventoryItem",
    "Leaderboard",
    "ObservationWatermark",
    "ObservedOutcome",
    "Pity",
    "Round",
    "SeedPair",
    "Standing",
    "StatsRecalculation",
    "UserGameStats",
]
