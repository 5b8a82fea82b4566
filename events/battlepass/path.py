"""The path up the hill: where each tier's stone lies and how the path bends from the stone below to it."""

from dataclasses import dataclass

from events.battlepass.selectors import PassState, TierState

BENDS = ("middle", "right", "middle", "left")
ACROSS = {"left": 24, "middle": 50, "right": 76}
"""Where a stone lies in a row's middle column, in per cent from the left; css/events.css says the same."""


@dataclass(frozen=True, slots=True)
class Row:
    """A tier on the path; `curve` is the SVG path through its row, from the row below to the row above."""

    tier: TierState
    bend: str
    curve: str
    is_here: bool


def path_of(state: PassState) -> list[Row]:
    """The rows from the summit down. The player stands at the last tier reached, or at the first before any is."""
    here = max(1, state.level)
    rows = [
        Row(tier, BENDS[number % len(BENDS)], _curve(number, len(state.tiers)), is_here=number + 1 == here)
        for number, tier in enumerate(state.tiers)
    ]
    return rows[::-1]


def _curve(number: int, tiers: int) -> str:
    """Through the stone at half height; rows meet half-way between their stones, and the path ends on the summit."""
    here = _across(number)
    below, above = (here + _across(number - 1)) / 2, (here + _across(number + 1)) / 2
    rise = f"M{below if number else here} 100Q{here} 75 {here} 50"
    return f"{rise}T{above} 0" if number + 1 < tiers else rise


def _across(number: int) -> int:
    return ACROSS[BENDS[number % len(BENDS)]]
