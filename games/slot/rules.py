"""The slot's reviewed numbers and what a spin is worth: the machine, its odds by version, lines, free spins. Pure.

Five reels of 25 cards show three rows. A line pays from the left: three, four or five of the first reel's card, where
a wild (reels 2–4) stands for any card but the scatter. Three scatters (reels 1, 3 and 5) anywhere give free spins.
25 stops a reel make every probability a finite decimal, so published percentages are exact and sum to exactly 100.
The machine (reels, stops, rows, lines, scatters needed) is the same in every version; what lies on its strips and what
that pays is in ODDS. Whoever changes such a number adds a version; one that was ever drawn from stays, so that its rounds
can be checked. tests/invariants/test_slot_rtp.py recomputes every published figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from games.fairness.rules import Draw

GAME = "slot"

MIN_BET = 20
MAX_BET = 10_000
MAX_LINES = 20
REELS = 5
STOPS = 25
ROWS = 3
SCATTERS_NEEDED = 3

WILD = "wild"
SCATTER = "scatter"
CARDS = ("moon", "crane", "plum", "blossom", "iris", "chrysanthemum", "maple", "pine")
JACKPOT_CARD = "moon"

# The row (0 top, 2 bottom) that a line crosses on each reel. A bet on n lines plays the first n.
LINES = (
    (1, 1, 1, 1, 1),
    (0, 0, 0, 0, 0),
    (2, 2, 2, 2, 2),
    (0, 1, 2, 1, 0),
    (2, 1, 0, 1, 2),
    (0, 0, 1, 0, 0),
    (2, 2, 1, 2, 2),
    (1, 2, 2, 2, 1),
    (1, 0, 0, 0, 1),
    (1, 0, 1, 0, 1),
    (1, 2, 1, 2, 1),
    (0, 1, 0, 1, 0),
    (2, 1, 2, 1, 2),
    (1, 1, 0, 1, 1),
    (1, 1, 2, 1, 1),
    (0, 1, 1, 1, 0),
    (2, 1, 1, 1, 2),
    (0, 2, 0, 2, 0),
    (2, 0, 2, 0, 2),
    (0, 0, 2, 0, 0),
)


@dataclass(frozen=True, eq=False)
class Odds:
    """One version of what lies on the strips and what it pays: three, four and five of a card, in multiples of the bet on
    one line (bet ÷ lines).

    Raises ValueError unless there is a strip of STOPS cards for each reel and a price of each card.
    """

    version: str
    effective_from: date
    free_spins: int
    paytable: Mapping[str, tuple[int, int, int]]
    strips: tuple[tuple[str, ...], ...]

    def __post_init__(self):
        if [len(strip) for strip in self.strips] != [STOPS] * REELS or set(self.paytable) != set(CARDS):
            raise ValueError(f"{self.version} is no table of {REELS} strips of {STOPS} cards with their prices")

    @cached_property
    def windows(self) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """What each reel shows at each of its stops, the top row first."""
        return tuple(
            tuple(tuple(strip[(stop + row) % STOPS] for row in range(ROWS)) for stop in range(STOPS))
            for strip in self.strips
        )


def _strips(*texts: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(text.split()) for text in texts)


ODDS: Mapping[str, Odds] = {
    odds.version: odds
    for odds in (
        Odds(
            "slot-2026-11-23",
            date(2026, 11, 23),
            free_spins=10,
            paytable={
                "moon": (100, 750, 2500),
                "crane": (50, 200, 1000),
                "plum": (40, 150, 600),
                "blossom": (30, 100, 400),
                "iris": (20, 80, 300),
                "chrysanthemum": (15, 50, 180),
                "maple": (12, 40, 120),
                "pine": (10, 30, 100),
            },
            strips=_strips(
                """scatter iris iris pine plum chrysanthemum maple maple blossom blossom scatter pine maple
                maple chrysanthemum iris crane moon chrysanthemum chrysanthemum crane plum pine pine blossom""",
                """plum plum chrysanthemum iris maple maple plum iris blossom maple pine pine blossom
                blossom pine moon moon chrysanthemum crane crane chrysanthemum iris maple wild pine""",
                """blossom chrysanthemum iris crane crane chrysanthemum moon wild pine pine scatter plum maple
                chrysanthemum iris iris maple chrysanthemum pine pine maple blossom maple scatter plum""",
                """plum moon moon pine maple plum iris blossom maple pine crane crane pine
                pine iris iris maple maple blossom blossom wild chrysanthemum plum chrysanthemum chrysanthemum""",
                """iris iris moon blossom blossom maple scatter pine pine blossom crane pine pine
                chrysanthemum crane maple chrysanthemum chrysanthemum iris plum plum scatter maple chrysanthemum maple""",
            ),
        ),
    )
}
*_, CURRENT = ODDS.values()
# The longest win: five moons on the only line, at the highest bet. No win is ever cut.
MAX_WIN = MAX_BET * CURRENT.paytable[JACKPOT_CARD][2]


@dataclass(frozen=True)
class LineWin:
    """One paying line: its number from 1, the card, how many from the left, and the multiple of the line's bet."""

    line: int
    symbol: str
    count: int
    multiplier: int


@dataclass(frozen=True)
class Outcome:
    """What a set of stops shows and is worth on the lines played."""

    stops: tuple[int, ...]
    reels: tuple[tuple[str, ...], ...]
    wins: tuple[LineWin, ...]
    free_spins: int

    @property
    def line_multipliers(self) -> int:
        return sum(win.multiplier for win in self.wins)

    @property
    def is_jackpot(self) -> bool:
        """Five moons on a line that was played."""
        return any(win.symbol == JACKPOT_CARD and win.count == REELS for win in self.wins)


def draw_stops(draw: Draw) -> tuple[int, ...]:
    """Where the reels come to rest, reel 1 first: the strip position shown in the top row."""
    return tuple(draw.below(STOPS) for _ in range(REELS))


def outcome_of(stops: tuple[int, ...], lines: int, odds: Odds = CURRENT) -> Outcome:
    """What the stops are worth when the first `lines` lines are played."""
    reels = tuple(windows[stop] for windows, stop in zip(odds.windows, stops, strict=True))
    wins = []
    for number, rows in enumerate(LINES[:lines], start=1):
        if reels[1][rows[1]] not in (reels[0][rows[0]], WILD):
            continue  # most lines are lost on the second reel
        symbol, count, multiplier = line_value([reel[row] for reel, row in zip(reels, rows, strict=True)], odds)
        if multiplier:
            wins.append(LineWin(number, symbol, count, multiplier))
    scatters = sum(reel.count(SCATTER) for reel in reels)
    return Outcome(stops, reels, tuple(wins), odds.free_spins if scatters >= SCATTERS_NEEDED else 0)


def line_value(cards: list[str], odds: Odds = CURRENT) -> tuple[str, int, int]:
    """(card, how many from the left, multiple of the line's bet); the multiple is 0 when the line pays nothing."""
    first = cards[0]
    count = 1
    while count < len(cards) and cards[count] in (first, WILD):
        count += 1
    if first not in odds.paytable or count < 3:
        return first, count, 0
    return first, count, odds.paytable[first][count - 3]


def payout_for(bet: int, lines: int, line_multipliers: int) -> int:
    """Gold won: ⌊bet × Σ line multipliers ÷ lines⌋, rounded down once a spin."""
    return bet * line_multipliers // lines
