"""The games as pure functions for the publish gate (`manage.py simulate_economy`): the rules that players meet."""

from fractions import Fraction

from economy.simulation.rules import Chance, Simulator
from games.crash import rules as crash
from games.rps import rules as rps
from games.slot import figures as slot_figures
from games.slot import rules as slot

PERCENT = Fraction(1, 100)
# Automatic cash-outs that simulated players choose from, in hundredths.
CRASH_TARGETS = (110, 150, 200, 300, 1_000)
# The price of one card of the box that comes with a fresh house; what operators schedule are rows.
GACHA_PRICE = 150


def play_slot(chance: Chance, bet: int) -> int:
    """A spin on all lines and the free spins that it leads to."""
    won, spins = 0, 1
    while spins:
        outcome = slot.outcome_of(slot.draw_stops(chance), slot.MAX_LINES)
        won += slot.payout_for(bet, slot.MAX_LINES, outcome.line_multipliers)
        spins += outcome.free_spins - 1
    return won


def play_crash(chance: Chance, bet: int) -> int:
    """A flight with an automatic cash-out."""
    target = CRASH_TARGETS[chance.below(len(CRASH_TARGETS))]
    flight = crash.flight_of(crash.crash_point_of(chance), target)
    return crash.payout_for(bet, crash.ending_of(flight, None).multiplier)


def play_rps(chance: Chance, bet: int) -> int:
    """A round with any hand."""
    player = rps.HANDS[chance.below(len(rps.HANDS))]
    return rps.payout_for(bet, rps.result_of(player, rps.draw_hand(chance)))


def play_gacha(chance: Chance, bet: int) -> int:
    """A card is worth no gold."""
    return 0


SIMULATORS = (
    Simulator(
        slot.GAME,
        slot.MIN_BET,
        slot.MAX_BET,
        play_slot,
        slot_figures.rtp(),
        (94 * PERCENT, 96 * PERCENT),
        "slot.bet",
        "slot.win",
    ),
    Simulator(
        crash.GAME,
        crash.MIN_BET,
        crash.MAX_BET,
        play_crash,
        crash.CURRENT.return_hundredths * PERCENT,
        (98 * PERCENT, 99 * PERCENT),
        "crash.bet",
        "crash.win",
    ),
    Simulator(
        rps.GAME, rps.MIN_BET, rps.MAX_BET, play_rps, rps.rtp(), (97 * PERCENT, 98 * PERCENT), "rps.bet", "rps.win"
    ),
    Simulator("gacha", GACHA_PRICE, GACHA_PRICE, play_gacha, None, None, "gacha.pull", "gacha.pull", weight=1),
)
