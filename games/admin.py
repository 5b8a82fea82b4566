"""The operators' pages of the app, gathered from its features for Django."""

from games.fairness.admin import SeedPairAdmin
from games.gacha.admin import BannerAdmin, InventoryItemAdmin, PityAdmin
from games.rounds.admin import RoundAdmin
from games.stats.admin import UserGameStatsAdmin

__all__ = ["BannerAdmin", "InventoryItemAdmin", "PityAdmin", "RoundAdmin", "SeedPairAdmin", "UserGameStatsAdmin"]
