"""What a reward may consist of."""

from collections.abc import Iterator
from dataclasses import dataclass

from economy.ledger.rules import Asset

KEY_MAX = 200


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
