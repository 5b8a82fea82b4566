"""What a published table of odds is: named chances that sum to exactly 100 percent."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Chance:
    """One possible outcome: its name, how likely it is, and what it pays (None: nothing by itself)."""

    outcome: str
    percent: Decimal
    pays: int | None = None

    @property
    def percent_text(self) -> str:
        """The percentage in full, never in exponents."""
        return f"{self.percent:f}"


@dataclass(frozen=True)
class Table:
    """Everything that can happen in one draw. Raises ValueError unless it sums to exactly 100 percent."""

    name: str
    chances: tuple[Chance, ...]

    def __post_init__(self):
        if sum(chance.percent for chance in self.chances) != 100:
            raise ValueError(f"{self.name} does not sum to 100 percent")
