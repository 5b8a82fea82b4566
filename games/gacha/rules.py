"""The lacquer box's reviewed numbers: the 36 cards of the deck, what each is drawn at, and the pity. Pure.

A card is drawn as `below(1000)`: the cards lie in the order of DECK, each as wide as its weight, so that a weight of 25
is 2.5 %. Pity: whoever has opened `pity − 1` boxes of a banner in a row without a bright card gets one with the next,
drawn as `below(weight of all brights)` over the brights alone. Nothing else shifts the odds.
Whoever changes a number adds a version; one that was ever drawn from stays, so that its rounds can be checked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from games.fairness.rules import Draw
from games.rounds.rules import GOLD_PER_XP

GAME = "gacha"
WHOLE = 1000
PULL_COUNTS = (1, 10)


class Currency(StrEnum):
    """What a pull is paid with."""

    GOLD = "gold"
    GEMS = "gems"


class Rarity(StrEnum):
    """The four kinds of a hwatu deck, the rarest last."""

    PI = "pi"
    RIBBON = "ribbon"
    ANIMAL = "animal"
    BRIGHT = "bright"


TOP = Rarity.BRIGHT
RARITIES = tuple(reversed(Rarity))  # as they are shown

FLOWERS = (
    "pine", "plum", "blossom", "wisteria", "iris", "peony",
    "clover", "pampas", "chrysanthemum", "maple", "paulownia", "willow",
)  # fmt: skip
_MONTHS_WITH = {
    Rarity.BRIGHT: (1, 3, 8, 11, 12),
    Rarity.ANIMAL: (2, 4, 5, 6, 7, 8, 9, 10, 12),
    Rarity.RIBBON: (1, 2, 3, 4, 5, 6, 7, 9, 10, 12),
    Rarity.PI: tuple(range(1, 13)),
}


@dataclass(frozen=True, slots=True)
class Card:
    """One card of the deck: its month (1–12) and its kind."""

    month: int
    rarity: Rarity

    @property
    def flower(self) -> str:
        return FLOWERS[self.month - 1]

    @property
    def code(self) -> str:
        return f"{self.flower}-{self.rarity}"


DECK = tuple(Card(month, rarity) for rarity in RARITIES for month in _MONTHS_WITH[rarity])
CARDS: Mapping[str, Card] = {card.code: card for card in DECK}


@dataclass(frozen=True)
class Odds:
    """One version of the table: a weight of WHOLE for each card of DECK, and the pull that is a bright at the latest.

    Raises ValueError unless the weights sum to exactly WHOLE, that is to 100 %.
    """

    version: str
    effective_from: date
    pity: int
    weights: tuple[int, ...]

    def __post_init__(self):
        if sum(self.weights) != WHOLE or len(self.weights) != len(DECK) or min(self.weights) < 1 or self.pity < 2:
            raise ValueError(f"{self.version} is no table of {len(DECK)} cards that sums to {WHOLE}")

    def weight_of(self, rarity: Rarity) -> int:
        """The weight of all cards of a rarity."""
        return sum(weight for card, weight in zip(DECK, self.weights, strict=True) if card.rarity is rarity)


def _weights(brights: tuple[int, ...]) -> tuple[int, ...]:
    """Brights as given; then 1.5 % for each animal, 2.4 % for each ribbon, 5 % for each pi."""
    each = {Rarity.ANIMAL: 15, Rarity.RIBBON: 24, Rarity.PI: 50}
    return brights + tuple(each[card.rarity] for card in DECK if card.rarity is not TOP)


ODDS: Mapping[str, Odds] = {
    odds.version: odds
    for odds in (
        Odds("gacha-standard-2026-11-23", date(2026, 11, 23), 50, _weights((5, 5, 5, 5, 5))),
        # The same brights in all, but the full moon is more than half of them.
        Odds("gacha-moon-2026-11-23", date(2026, 11, 23), 50, _weights((3, 3, 13, 3, 3))),
    )
}


@dataclass(frozen=True, slots=True)
class Pulled:
    """One card out of the box; `guaranteed` when pity gave it."""

    card: Card
    guaranteed: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """The cards of one act in the order drawn, and the pity counter after them."""

    pulled: tuple[Pulled, ...]
    pity_after: int


def outcome_of(draw: Draw, odds: Odds, pulls: int, pity: int) -> Outcome:
    """Draw `pulls` cards one after another, `pity` being the pulls since the last bright (or since the first)."""
    pulled = []
    for _ in range(pulls):
        guaranteed = pity == odds.pity - 1
        card = draw_card(draw, odds, guaranteed=guaranteed)
        pity = 0 if card.rarity is TOP else pity + 1
        pulled.append(Pulled(card, guaranteed))
    return Outcome(tuple(pulled), pity)


def pity_after(pity: int, cards: Iterable[str]) -> int:
    """The counter after some cards, by their codes, when it stood at `pity` before them."""
    for code in cards:
        pity = 0 if CARDS[code].rarity is TOP else pity + 1
    return pity


def draw_card(draw: Draw, odds: Odds, *, guaranteed: bool) -> Card:
    """The card that the next number gives; the brights lie first, so a guaranteed one only needs a smaller bound."""
    at = draw.below(odds.weight_of(TOP) if guaranteed else WHOLE)
    for card, weight in zip(DECK, odds.weights, strict=True):
        if at < weight:
            return card
        at -= weight
    raise AssertionError("unreachable: the weights sum to the bound")


def xp_for(pulls: int, gold: int) -> int:
    """XP of one act: 1 per 10 gold spent, at least 1 a pull (gems give that much)."""
    return max(pulls, gold // GOLD_PER_XP)
