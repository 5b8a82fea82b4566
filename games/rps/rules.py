"""Rock, paper, scissors: what beats what, and what it pays. Pure.

The house's hand is `below(3)` in the order of HANDS, so each is equally likely and so are win, draw and loss. A draw
gives the bet back, a win pays so many hundredths of it as its odds say: (1.94 + 1) / 3 = 98 % returns to the player, less
what rounding down takes. Whoever changes a number of ODDS adds a version; one that was ever drawn from stays, so that its
rounds can be checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache

from games.fairness.rules import Draw
from games.rounds.rules import HUNDREDTHS

GAME = "rps"

MIN_BET = 10
MAX_BET = 10_000


@dataclass(frozen=True, eq=False)
class Odds:
    """One version of what a win pays, in hundredths of the bet."""

    version: str
    effective_from: date
    pays: int


ODDS: Mapping[str, Odds] = {odds.version: odds for odds in (Odds("rps-2026-11-23", date(2026, 11, 23), pays=194),)}
*_, CURRENT = ODDS.values()
MAX_WIN = MAX_BET * CURRENT.pays // HUNDREDTHS


class Hand(StrEnum):
    """Each beats the one before it, and rock beats scissors."""

    ROCK = "rock"
    PAPER = "paper"
    SCISSORS = "scissors"


class Result(StrEnum):
    """How a round ended for the player; in the order of (player − house) mod 3."""

    DRAW = "draw"
    WIN = "win"
    LOSE = "lose"


HANDS = tuple(Hand)
RESULTS = tuple(Result)


def draw_hand(draw: Draw) -> Hand:
    """The house's hand."""
    return HANDS[draw.below(len(HANDS))]


def result_of(player: Hand, house: Hand) -> Result:
    return RESULTS[(HANDS.index(player) - HANDS.index(house)) % len(HANDS)]


def payout_for(bet: int, result: Result, odds: Odds = CURRENT) -> int:
    """Gold paid out, rounded down: nothing, the bet back, or what the odds say."""
    return bet * {Result.LOSE: 0, Result.DRAW: HUNDREDTHS, Result.WIN: odds.pays}[result] // HUNDREDTHS


def return_of(bet: int) -> Fraction:
    """The exact return to player of a bet, rounding included."""
    return Fraction(sum(payout_for(bet, result) for result in RESULTS), len(RESULTS) * bet)


def rtp(odds: Odds = CURRENT) -> Fraction:
    """The exact return to player of a bet that rounding takes nothing from."""
    return Fraction(odds.pays + HUNDREDTHS, len(RESULTS) * HUNDREDTHS)


@cache
def lowest_return_bet() -> int:
    """The bet of the table that loses most to rounding."""
    return min(range(MIN_BET, MAX_BET + 1), key=return_of)
