"""The odds and the collection in the shape that pages and scripts draw them."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from games.gacha import figures, rules
from games.gacha.labels import RARITY_LABELS, Drawing, drawing_of, name_of
from games.gacha.selectors import Collection


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card, and how likely it is on a pull that pity does not decide."""

    name: str
    drawing: Drawing
    percent: str


@dataclass(frozen=True, slots=True)
class RateRow:
    """A rarity: on a pull that pity does not decide, of all pulls in the long run, and card by card."""

    rarity: rules.Rarity
    label: str
    percent: str
    with_pity: Decimal
    cards: tuple[CardRow, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the album; `quantity` 0 is a card still missing."""

    name: str
    month: int
    drawing: Drawing
    quantity: int


@dataclass(frozen=True, slots=True)
class Album:
    """One rarity's pages of the collection."""

    rarity: rules.Rarity
    label: str
    places: tuple[Place, ...]

    @property
    def found(self) -> int:
        return sum(place.quantity > 0 for place in self.places)


def rate_rows(odds: rules.Odds) -> tuple[RateRow, ...]:
    """The table as players read it, the rarest first."""
    printed = figures.printed_effective_percents(odds)
    return tuple(
        RateRow(
            rarity,
            str(RARITY_LABELS[rarity]),
            figures.percent_text(figures.chance_of(odds, rarity)),
            printed[rarity],
            tuple(
                CardRow(name_of(card), drawing_of(card), figures.percent_text(Fraction(weight, rules.WHOLE)))
                for card, weight in zip(rules.DECK, odds.weights, strict=True)
                if card.rarity is rarity
            ),
        )
        for rarity in rules.RARITIES
    )


def pulls_per_top_text(odds: rules.Odds) -> str:
    """Pulls from one bright card to the next on average, with two decimals."""
    return f"{float(figures.pulls_per_top(odds)):.2f}"


def albums(collection: Collection) -> list[Album]:
    return [
        Album(
            rarity,
            str(RARITY_LABELS[rarity]),
            tuple(
                Place(name_of(slot.card), slot.card.month, drawing_of(slot.card), slot.quantity)
                for slot in collection.of(rarity)
            ),
        )
        for rarity in rules.RARITIES
    ]


def fan_of(flower: str) -> list[Drawing]:
    """Five cards behind the box: the best of the banner's own month in front, brights beside it."""
    featured = next(card for card in rules.DECK if card.flower == flower)
    beside = [card for card in rules.DECK if card.rarity is rules.TOP and card is not featured][:4]
    return [drawing_of(card) for card in (*beside[:2], featured, *beside[2:])]


def deck_for_scripts() -> dict[str, dict]:
    """Every card's drawing and rarity by its code, for the reveal."""
    return {
        card.code: {"face": drawing_of(card).face, "layers": drawing_of(card).layers, "rarity": card.rarity}
        for card in rules.DECK
    }
