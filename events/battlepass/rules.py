"""The pass: which rewards of a season a player can collect, and the key by which each is paid once."""

from enum import StrEnum

REWARD_TYPE = "BATTLE_PASS"
REWARD_REASON = "pass.reward"
UPGRADE_REASON = "pass.upgrade"


class Track(StrEnum):
    """The two tracks of a pass."""

    FREE = "free"
    PREMIUM = "premium"


def reward_key(user_id: int, season_id: int, tier: int, track: str) -> str:
    """The key by which a tier's reward on a track is paid once."""
    return f"pass:{user_id}:{season_id}:{tier}:{track}"


def upgrade_reference(season_id: int) -> str:
    """The ledger's reference of a season's upgrade: one a player."""
    return f"season:{season_id}"
