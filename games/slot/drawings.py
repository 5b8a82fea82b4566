"""The paytable and the lines in the shape that templates draw them."""

from dataclasses import dataclass

from games.slot import rules
from games.slot.labels import CARD_LABELS

CELL = 10


@dataclass(frozen=True)
class Pay:
    count: int
    multiplier: int


@dataclass(frozen=True)
class PayRow:
    """What one card pays for five, four and three."""

    symbol: str
    label: str
    pays: tuple[Pay, ...]


@dataclass(frozen=True)
class Cell:
    """A place of the 5 × 3 grid; `on` where the line crosses it."""

    x: int
    y: int
    on: bool


@dataclass(frozen=True)
class LineDrawing:
    """A line as a small picture, 50 by 30."""

    number: int
    grid: tuple[tuple[Cell, ...], ...]
    points: str


def pay_rows() -> list[PayRow]:
    return [
        PayRow(
            card, CARD_LABELS[card], tuple(Pay(count, rules.CURRENT.paytable[card][count - 3]) for count in (5, 4, 3))
        )
        for card in rules.CARDS
    ]


def line_drawings() -> list[LineDrawing]:
    return [
        LineDrawing(
            number=number,
            grid=tuple(
                tuple(Cell(reel * CELL + 1, row * CELL + 1, rows[reel] == row) for reel in range(rules.REELS))
                for row in range(rules.ROWS)
            ),
            points=" ".join(f"{reel * CELL + CELL // 2},{row * CELL + CELL // 2}" for reel, row in enumerate(rows)),
        )
        for number, rows in enumerate(rules.LINES, start=1)
    ]
