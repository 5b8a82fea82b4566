"""What a reward may consist of."""

from collections.abc import Iterator
from dataclasses import dataclass

from economy.ledger.rules import Asset, label_of

KEY_MAX = 200

TYPE_REASONS = {
    "WELCOME": "welcome.grant",
    "STREAK_DAILY": "streak.claim",
    "VIP_DAILY": "vip.claim",
    "SAFETY_NET": "safety_net.grant",
    "SPECIAL_OPERATOR_GRANT": "operator.grant",
    "EVENT": "event.claim",
    "MISSION": "mission.claim",
    "BATTLE_PASS": "pass.reward",
    "RANKING_PRIZE": "ranking.prize",
}
"""Under which reason the ledger has each type of reward; operators read the reason's label."""


def type_label(reward_type: str) -> str:
    """What a type of reward is called on screen; its own name where it has no reason of its own."""
    return label_of(TYPE_REASONS.get(reward_type, reward_type))


@dataclass(frozen=True, slots=True)
class Amounts:
    """Whole amounts, none negative, not all of them 0. Raises TypeError or ValueError otherwise."""

    gold: int = 0
    gems: int = 0
    xp: int = 0
    vip_points: int = 0

    def __post_init__(self):
        amounts = (self.gold, self.gems, self.xp, self.vip_points)
        if any(type(amount) is not int for amount in amounts):
            raise TypeError("A reward's amounts are whole numbers.")
        if any(amount < 0 for amount in amounts) or not any(amounts):
            raise ValueError("A reward gives something and takes nothing.")

    def by_asset(self) -> Iterator[tuple[Asset, int]]:
        """The amounts that are not 0."""
        for asset in Asset:
            amount = getattr(self, asset.value)
            if amount:
                yield asset, amount
