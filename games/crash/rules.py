"""The crane's flight: how far it goes, how fast it rises, what a cash-out is worth. Pure, and whole numbers only.

A multiplier is written in hundredths: 100 is 1.00×. A round's draw is u, a whole number from 1 to 2⁵², each equally
likely; the crash point is ⌊99 · 2⁵² / u⌋. A cash-out at a multiplier m pays when m ≤ the crash point, and exactly
⌊99 · 2⁵² / m⌋ of the 2⁵² draws reach that far, so every target returns 99 % of the stake, less than 2⁻⁴⁵ of it apart.
A crash point of 0.99× means that the crane never took off: 1 % of the rounds.

After ms milliseconds the multiplier is ⌊100 · e^(0.00006 · ms)⌋. Both directions are computed in decimal arithmetic of
30 digits, correctly rounded; e^x is irrational for every other whole ms than 0 and no threshold lies nearer than 10⁻⁶
to a whole millisecond (tests/games/test_crash_rules.py goes through all of them), so no rounding decides a cash-out.
Whoever changes a number of ODDS adds a version; one that was ever drawn from stays, so that its rounds can be checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from enum import StrEnum
from fractions import Fraction

from games.fairness.rules import Draw
from games.rounds.rules import HUNDREDTHS

GAME = "crash"

MIN_BET = 10
MAX_BET = 10_000
LEAST_TARGET = 101
DRAWS = 2**52
TAKE_OFF = 100

MILLISECOND = timedelta(milliseconds=1)
_GROWTH_PER_MS = Decimal("0.00006")
_EXACT = Context(prec=30)


@dataclass(frozen=True, eq=False)
class Odds:
    """One version of what every target returns, and how far a flight goes at most (both in hundredths)."""

    version: str
    effective_from: date
    return_hundredths: int
    max_multiplier: int


ODDS: Mapping[str, Odds] = {
    odds.version: odds
    for odds in (Odds("crash-2026-11-23", date(2026, 11, 23), return_hundredths=99, max_multiplier=100_000),)
}
*_, CURRENT = ODDS.values()
# The longest flight at the highest bet: no payout is ever cut. A round that gets there is cashed out for the player.
MAX_WIN = MAX_BET * CURRENT.max_multiplier // HUNDREDTHS


class Status(StrEnum):
    """Where a round stands, as players are told."""

    PLACED = "placed"
    CASHED_OUT = "cashed_out"
    AUTO_CASHED = "auto_cashed"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Flight:
    """What a round does if nobody touches it: it ends `ends_ms` after its start, cashed out at `target` or crashed."""

    crash_point: int
    target: int

    @property
    def reaches_target(self) -> bool:
        return self.target <= self.crash_point

    @property
    def ends_ms(self) -> int:
        """The first millisecond at which it is too late to cash out by hand."""
        return ms_for(self.target if self.reaches_target else self.crash_point + 1)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a round ended: `multiplier` is that of the payout, 0 when it crashed."""

    status: Status
    multiplier: int
    at_ms: int


def crash_point_of(draw: Draw, odds: Odds = CURRENT) -> int:
    """How far a draw lets the crane fly, in hundredths: from 99 (it never took off) up."""
    return odds.return_hundredths * DRAWS // (draw.below(DRAWS) + 1)


def flight_of(crash_point: int, auto_cashout: int | None, odds: Odds = CURRENT) -> Flight:
    """The round of a crash point: without an automatic cash-out it still ends at the table's highest multiplier."""
    return Flight(crash_point, auto_cashout or odds.max_multiplier)


def multiplier_at(ms: int) -> int:
    """The multiplier so many milliseconds after the start, rounded down to the hundredth."""
    risen = _EXACT.exp(_EXACT.multiply(_GROWTH_PER_MS, Decimal(ms)))
    return int(_EXACT.multiply(risen, Decimal(HUNDREDTHS)).to_integral_value(ROUND_FLOOR))


def ms_for(multiplier: int) -> int:
    """The first millisecond at which the multiplier is reached."""
    if multiplier <= TAKE_OFF:
        return 0
    elapsed = _EXACT.divide(_EXACT.ln(Decimal(multiplier).scaleb(-2)), _GROWTH_PER_MS)
    return int(elapsed.to_integral_value(ROUND_CEILING))


def ending_of(flight: Flight, elapsed_ms: int | None) -> Ending:
    """How the round ends when it is cashed out `elapsed_ms` after its start, or (None) left alone.

    A cash-out that was on its way before the start counts from the start: a crane that never took off is lost.
    """
    at_ms = None if elapsed_ms is None else max(0, elapsed_ms)
    if at_ms is not None and at_ms < flight.ends_ms:
        return Ending(Status.CASHED_OUT, multiplier_at(at_ms), at_ms)
    if flight.reaches_target:
        return Ending(Status.AUTO_CASHED, flight.target, flight.ends_ms)
    return Ending(Status.CRASHED, 0, flight.ends_ms)


def elapsed_ms(started_at: datetime, moment: datetime) -> int:
    """Whole milliseconds from the start to a moment, rounded down."""
    return (moment - started_at) // MILLISECOND


def payout_for(bet: int, multiplier: int) -> int:
    """Gold paid at a multiplier: ⌊bet × multiplier⌋."""
    return bet * multiplier // HUNDREDTHS


def chance_to_reach(multiplier: int, odds: Odds = CURRENT) -> Fraction:
    """The exact probability that a flight reaches a multiplier of 1.00 or more."""
    return Fraction(odds.return_hundredths * DRAWS // multiplier, DRAWS)


def return_of(bet: int, multiplier: int) -> Fraction:
    """The exact return to player of a bet that is always cashed out at one multiplier, rounding down included."""
    return chance_to_reach(multiplier) * Fraction(payout_for(bet, multiplier), bet)


# What rounding down costs: a bet × target that is a whole number returns 99 %; of all others this one returns least.
LOWEST_RETURN_BET = 10
LOWEST_RETURN_TARGET = 109
