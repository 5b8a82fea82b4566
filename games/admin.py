"""The operators' pages of the app, gathered from its features for Django."""

from games.fairness.admin import SeedPairAdmin
from games.gacha.admin import BannerAdmin, InventoryItemAdmin, PityAdmin
from games.profile.admin import StatsRecalculationAdmin, UserGameStatsAdmin
from games.rankings.admin import LeaderboardAdmin
from games.rounds.admin import RoundAdmin

__all__ = [
    "BannerAdmin",
    "InventoryItemAdmin",
    "LeaderboardAdmin",
    "PityAdmin",
    "RoundAdmin",
    "SeedPairAdmin",
    "StatsRecalculationAdmin",
    "UserGameStatsAdmin",
]
