"""The published figures of a table with its pity, computed exactly. Fractions throughout, nothing simulated.

A bright card comes with chance p on every pull but the pity's, which is one for certain. So the pulls from one bright
to the next are T = min(geometric(p), N), E[T] = Σ P(T ≥ n) = Σ (1 − p)ⁿ⁻¹ for n = 1 … N, and in the long run (renewal)
one of E[T] pulls is a bright and (1 − p)ᴺ⁻¹ of E[T] are the guaranteed ones.
"""

from decimal import Decimal
from fractions import Fraction
from functools import cache

from games.gacha.rules import RARITIES, TOP, WHOLE, Odds, Rarity
from games.rounds.rules import percent_of, rounded

DECIMALS = 4  # of a percent, that effective rates are printed with


def chance_of(odds: Odds, rarity: Rarity) -> Fraction:
    """The chance of a rarity on a pull that pity does not decide."""
    return Fraction(odds.weight_of(rarity), WHOLE)


@cache
def pulls_per_top(odds: Odds) -> Fraction:
    """How many pulls lie between one bright and the next on average, pity included."""
    miss = 1 - chance_of(odds, TOP)
    return sum((miss**n for n in range(odds.pity)), Fraction(0))


@cache
def guaranteed_share(odds: Odds) -> Fraction:
    """How many of all pulls, in the long run, are decided by pity."""
    return (1 - chance_of(odds, TOP)) ** (odds.pity - 1) / pulls_per_top(odds)


def effective_chance_of(odds: Odds, rarity: Rarity) -> Fraction:
    """How many of all pulls, in the long run, give a rarity, pity included."""
    rate = chance_of(odds, rarity) * (1 - guaranteed_share(odds))
    return rate + guaranteed_share(odds) if rarity is TOP else rate


@cache
def printed_effective_percents(odds: Odds) -> dict[Rarity, Decimal]:
    """Effective rates as percent with four decimals that sum to exactly 100 (largest remainders)."""
    return rounded({rarity: effective_chance_of(odds, rarity) for rarity in RARITIES}, DECIMALS)


def percent_text(chance: Fraction) -> str:
    """A finite percentage in full, never in exponents."""
    return f"{percent_of(chance):f}"
