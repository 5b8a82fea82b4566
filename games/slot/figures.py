"""The slot's published figures, computed exactly from strips and paytable. Fractions throughout, nothing simulated.

Free spins are played at the same bet and lines and can award more, so a paid spin is followed on average by
f / (1 − f) free ones, f being free spins awarded per spin; whatever one spin returns, a paid bet returns 1 / (1 − f)
times as much.
"""

from fractions import Fraction
from functools import cache

from games.slot import rules
from games.slot.rules import CURRENT, Odds

# From the enumeration of all 25⁵ stops of the current odds (tests/invariants/test_slot_rtp.py), which must agree with them:
# how many of them pay anything when 1, 2, … 20 lines are played,
WINNING_STOPS = (
    257500, 505000, 743750, 966875, 1180000, 1349375, 1513125, 1634375, 1761250, 1852500,
    1945000, 2085625, 2216875, 2260625, 2302500, 2371250, 2440625, 2570000, 2694375, 2807500,
)  # fmt: skip
# and what rounding down costs: a bet that the lines divide returns the full RTP; of all others this one returns least.
LOWEST_RTP_BET = 22
LOWEST_RTP_LINES = 17
LOWEST_RTP = Fraction(87_766_177, 92_571_875)
STOPS_IN_ALL = rules.STOPS**rules.REELS


@cache
def chances_on_a_line(odds: Odds = CURRENT) -> dict[tuple[str, int], Fraction]:
    """(card, how many from the left) → its probability on any one line. Every line has the same."""
    chances = {}
    for card in rules.CARDS:
        match = [Fraction(strip.count(card) + strip.count(rules.WILD), rules.STOPS) for strip in odds.strips]
        first = Fraction(odds.strips[0].count(card), rules.STOPS)
        run = first * match[1] * match[2]
        chances[card, 3] = run * (1 - match[3])
        chances[card, 4] = run * match[3] * (1 - match[4])
        chances[card, 5] = run * match[3] * match[4]
    return chances


@cache
def free_spin_chance(odds: Odds = CURRENT) -> Fraction:
    """The probability that a spin awards free spins: a scatter in sight on each reel that carries one."""
    chance = Fraction(1)
    for strip in odds.strips:
        if rules.SCATTER in strip:
            seen = sum(
                rules.SCATTER in (strip[stop], strip[(stop + 1) % rules.STOPS], strip[(stop + 2) % rules.STOPS])
                for stop in range(rules.STOPS)
            )
            chance *= Fraction(seen, rules.STOPS)
    return chance


def spins_per_paid_spin(odds: Odds = CURRENT) -> Fraction:
    """1 / (1 − f): a paid spin and the free ones that follow it, on average."""
    return 1 / (1 - odds.free_spins * free_spin_chance(odds))


@cache
def rtp(odds: Odds = CURRENT) -> Fraction:
    """Return to player of every bet that the lines divide, free spins included."""
    chances = chances_on_a_line(odds)
    per_spin = sum(chance * odds.paytable[card][count - 3] for (card, count), chance in chances.items())
    return per_spin * spins_per_paid_spin(odds)


def hit_frequency(lines: int = rules.MAX_LINES) -> Fraction:
    """The probability that a spin on so many lines pays anything."""
    return Fraction(WINNING_STOPS[lines - 1], STOPS_IN_ALL)
