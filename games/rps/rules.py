"""Rock, paper, scissors: what beats what, and what it pays. Pure.

The house's hand is `below(3)` in the order of HANDS, so each is equally likely and so are win, draw and loss. A draw
gives the bet back, a win pays PAYS hundredths of it: (1.94 + 1) / 3 = 98 % returns to the player, less what rounding
down takes. Whoever changes a number here changes ODDS_VERSION.
"""

from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache

from games.fairness.rules import Draw
from games.rounds.rules import HUNDREDTHS

GAME = "rps"
ODDS_VERSION = "rps-2026-11-23"
EFFECTIVE_FROM = date(2026, 11, 23)

MIN_BET = 10
MAX_BET = 10_000
PAYS = 194
MAX_WIN = MAX_BET * PAYS // HUNDREDTHS


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


def payout_for(bet: int, result: Result) -> int:
    """Gold paid out, rounded down: nothing, the bet back, or 1.94 times the bet."""
    return bet * {Result.LOSE: 0, Result.DRAW: HUNDREDTHS, Result.WIN: PAYS}[result] // HUNDREDTHS


def return_of(bet: int) -> Fraction:
    """The exact return to player of a bet, rounding included."""
    return Fraction(sum(payout_for(bet, result) for result in RESULTS), len(RESULTS) * bet)


RTP = Fraction(PAYS + HUNDREDTHS, len(RESULTS) * HUNDREDTHS)


@cache
def lowest_return_bet() -> int:
    """The bet of the table that loses most to rounding."""
    return min(range(MIN_BET, MAX_BET + 1), key=return_of)
