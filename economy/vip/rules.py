"""The VIP club: what a day's visit is worth and which tier a total of points stands for. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

DAILY_POINTS = 50
REWARD_TYPE = "VIP_DAILY"
REASON = "vip.claim"


class Tier(StrEnum):
    STANDARD = "STANDARD"
    PREMIUM = "PREMIUM"
    VIP = "VIP"


# Where each tier begins, in points, lowest first.
THRESHOLDS = {Tier.STANDARD: 0, Tier.PREMIUM: 1_000, Tier.VIP: 5_000}


@dataclass(frozen=True, slots=True)
class Standing:
    """A tier, the next one (None at the top), and what is missing to it. `floor` is where the tier began."""

    tier: Tier
    next_tier: Tier | None
    points_to_next: int | None
    floor: int


def standing_of(points: int) -> Standing:
    """Where a total of points stands."""
    tier = max((tier for tier in Tier if THRESHOLDS[tier] <= points), key=THRESHOLDS.__getitem__)
    above = next((other for other in Tier if THRESHOLDS[other] > points), None)
    return Standing(tier, above, THRESHOLDS[above] - points if above else None, THRESHOLDS[tier])


def claim_key(user_id: int, day: date) -> str:
    """The reward's key: one a player and game day."""
    return f"vip:{user_id}:{day.isoformat()}"


def flag_key(user_id: int, day: date) -> str:
    """The flag in Redis that says the day's points were claimed."""
    return f"vip_claimed:{user_id}:{day.isoformat()}"
