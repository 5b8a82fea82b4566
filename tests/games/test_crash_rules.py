"""How far, how fast, what for: every number of crash, to the millisecond and the hundredth."""

import math
from bisect import bisect
from collections import Counter
from fractions import Fraction

import numpy
import pytest

from games.crash import rules
from games.crash.rules import Flight, Status, ending_of
from games.fairness.rules import Draw
from games.odds.crash import BANDS, sheet

SEED = bytes(range(32))
TARGETS = (150, 200, 1000)
BET = 100


class FixedDraw:
    """A draw that gives one number."""

    def __init__(self, number: int):
        self.number = number

    def below(self, bound: int) -> int:
        assert bound == 2**52
        return self.number


@pytest.mark.parametrize(
    ("number", "crash_point"),
    [
        (2**52 - 1, 99),  # u = 2⁵²: the worst
        (99 * 2**52 // 100, 99),
        (99 * 2**52 // 100 - 1, 100),
        (2**51 - 1, 198),
        (0, 99 * 2**52),
    ],
)
def test_the_crash_point_is_99_shares_of_all_draws_by_the_draw(number, crash_point):
    assert rules.crash_point_of(FixedDraw(number)) == crash_point


@pytest.mark.parametrize("target", [100, 101, 109, 150, 200, 333, 1000, 99_999, 100_000])
def test_exactly_the_published_share_of_draws_reaches_a_target(target):
    reached = rules.CURRENT.return_hundredths * 2**52 // target

    assert rules.crash_point_of(FixedDraw(reached - 1)) >= target
    assert rules.crash_point_of(FixedDraw(reached)) < target
    assert rules.chance_to_reach(target) == Fraction(reached, 2**52)


def test_every_target_returns_99_percent():
    for target in range(rules.TAKE_OFF, rules.CURRENT.max_multiplier + 1):
        missing = Fraction(99, 100) - rules.chance_to_reach(target) * target / 100
        assert 0 <= missing < Fraction(1, 2**42)


def test_rounding_down_costs_most_where_the_odds_book_says():
    def kept(bet, target):
        return Fraction(rules.payout_for(bet, target) * 100, bet * target)

    # ⌊x⌋ ÷ x > 20/21 from a payout of 20 on: only the smallest bets and targets can cost more.
    worst = min((kept(bet, target), bet, target) for bet in range(10, 21) for target in range(101, 211))

    assert worst[0] == kept(rules.LOWEST_RETURN_BET, rules.LOWEST_RETURN_TARGET) == Fraction(100, 109)
    assert rules.return_of(100, 250) == rules.chance_to_reach(250) * Fraction(5, 2)


def test_no_payout_is_ever_cut():
    assert rules.payout_for(rules.MAX_BET, rules.CURRENT.max_multiplier) == rules.MAX_WIN


@pytest.mark.parametrize(
    ("ms", "multiplier"),
    [(0, 100), (165, 100), (166, 101), (11_552, 199), (11_553, 200), (115_129, 99_998), (115_130, 100_004)],
)
def test_the_multiplier_of_a_moment(ms, multiplier):
    assert rules.multiplier_at(ms) == multiplier


def test_moments_and_multipliers_agree_to_the_millisecond():
    for multiplier in [
        *range(101, 400),
        *range(400, rules.CURRENT.max_multiplier + 2, 997),
        rules.CURRENT.max_multiplier,
    ]:
        first = rules.ms_for(multiplier)
        assert rules.multiplier_at(first) >= multiplier
        assert rules.multiplier_at(first - 1) < multiplier


def test_no_threshold_lies_so_near_a_millisecond_that_rounding_could_decide():
    thresholds = numpy.log(numpy.arange(101, rules.CURRENT.max_multiplier + 2) / 100) / 0.00006  # good to 10⁻¹⁰ ms

    assert numpy.abs(thresholds - numpy.rint(thresholds)).min() > 1e-6
    sampled = range(101, rules.CURRENT.max_multiplier + 2, 499)
    assert [rules.ms_for(m) for m in sampled] == [math.ceil(thresholds[m - 101]) for m in sampled]


@pytest.mark.parametrize("crash_point", [100, 101, 102, 150, 199, 200, 1000, 99_999])
def test_a_cash_out_pays_until_the_last_millisecond_and_never_after(crash_point):
    flight = Flight(crash_point, target=rules.CURRENT.max_multiplier)
    end = rules.ms_for(crash_point + 1)

    last = ending_of(flight, end - 1)
    late = [ending_of(flight, end), ending_of(flight, end + 1), ending_of(flight, None)]

    assert (last.status, last.at_ms) == (Status.CASHED_OUT, end - 1)
    assert last.multiplier <= crash_point
    assert {(ending.status, ending.multiplier, ending.at_ms) for ending in late} == {(Status.CRASHED, 0, end)}


def test_a_crane_that_never_took_off_cannot_be_cashed_out():
    for sent_at_ms in (-1000, -1, 0, 1):
        assert ending_of(Flight(99, rules.CURRENT.max_multiplier), sent_at_ms).status == Status.CRASHED
    assert Flight(99, rules.CURRENT.max_multiplier).ends_ms == 0


def test_the_automatic_cash_out_pays_its_target_if_the_crane_gets_there():
    reached, missed = Flight(200, target=200), Flight(199, target=200)

    assert ending_of(reached, None) == ending_of(reached, 99_999) == rules.Ending(Status.AUTO_CASHED, 200, 11_553)
    assert ending_of(missed, None).status == Status.CRASHED
    assert ending_of(reached, 11_552).status == Status.CASHED_OUT


def test_every_flight_ends_at_the_tables_highest_multiplier():
    flight = rules.flight_of(99 * 2**52, None)

    assert ending_of(flight, None) == rules.Ending(Status.AUTO_CASHED, 100_000, rules.ms_for(100_000))
    assert flight.ends_ms < 116_000


def test_a_cash_out_from_before_the_start_counts_as_the_start():
    assert ending_of(Flight(500, rules.CURRENT.max_multiplier), -5) == rules.Ending(Status.CASHED_OUT, 100, 0)


def test_a_million_flights_end_and_return_as_published():
    """10⁶ rounds of one seed pair. Cash-outs at 1.5×, 2× and 10× return 0.99 of the stake within the 99 % interval, and
    the points fall into the odds book's bands: chi-square, p > 0.01."""
    rounds = 1_000_000
    bands = sheet().bands.chances
    points = Counter()
    returned = dict.fromkeys(TARGETS, 0)
    for nonce in range(rounds):
        point = rules.crash_point_of(Draw(SEED, "a-million-flights", nonce))
        points[bisect(BANDS, max(point, BANDS[0])) - 1] += 1
        for target in TARGETS:
            if rules.flight_of(point, target).reaches_target:
                returned[target] += rules.payout_for(BET, target)

    for target in TARGETS:
        chance = float(rules.chance_to_reach(target))
        interval = 2.576 * (target / 100) * math.sqrt(chance * (1 - chance) / rounds)
        assert abs(returned[target] / BET / rounds - 0.99) < interval, target
    expected = [float(band.probability) * rounds for band in bands]
    chi_square = sum((points[at] - share) ** 2 / share for at, share in enumerate(expected))
    assert chi_square < 18.48  # 99th percentile, seven degrees of freedom
