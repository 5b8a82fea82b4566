"""A million spins of one fixed seed: stops, line outcomes and free spins fall as published, and so does the return."""

import math
from collections import Counter
from functools import cache

import pytest

from games.fairness.rules import Draw
from games.odds.slot import sheet
from games.slot import figures, rules

MILLION = 1_000_000
Z99 = 2.5758293035489004


@pytest.fixture(scope="module")
def spins():
    """How often each set of stops came."""
    draw = Draw(bytes(range(32)), "a-million-spins", 0)
    return Counter(rules.draw_stops(draw) for _ in range(MILLION))


@cache
def _line_one(cards):
    return rules.line_value(list(cards))


def _outcome(stops):
    cards = tuple(
        strip[(stop + rules.LINES[0][0]) % rules.STOPS] for strip, stop in zip(rules.CURRENT.strips, stops, strict=True)
    )
    return _line_one(cards)


def _passes(counts, chances):
    """Chi-square at p > 0.01 (Wilson and Hilferty's cube), what is expected fewer than 5 times taken together."""
    rare = [name for name, chance in chances.items() if chance * MILLION < 5]
    groups = [[name] for name in chances if name not in rare] + ([rare] if rare else [])
    statistic = 0.0
    for group in groups:
        expected = MILLION * float(sum(chances[name] for name in group))
        statistic += (sum(counts[name] for name in group) - expected) ** 2 / expected
    freedom = len(groups) - 1
    limit = freedom * (1 - 2 / (9 * freedom) + 2.3263478740408408 * math.sqrt(2 / (9 * freedom))) ** 3
    assert statistic < limit, (statistic, limit)


def test_every_reel_stops_everywhere_equally_often(spins):
    for reel in range(rules.REELS):
        counts = Counter()
        for stops, times in spins.items():
            counts[stops[reel]] += times
        _passes(counts, dict.fromkeys(range(rules.STOPS), 1 / rules.STOPS))


def test_a_line_pays_what_the_odds_book_says_as_often_as_it_says(spins):
    counts = Counter()
    for stops, times in spins.items():
        card, count, multiplier = _outcome(stops)
        counts[f"{card} × {count}" if multiplier else "nothing"] += times

    _passes(counts, {chance.outcome: chance.probability for chance in sheet().line.chances})


def test_the_simulated_return_lies_within_its_99_percent_interval_of_the_exact_one(spins):
    multiples = Counter()
    free = 0
    for stops, times in spins.items():
        multiples[_outcome(stops)[2]] += times
        free += times * bool(rules.outcome_of(stops, 0).free_spins)
    mean = sum(multiple * times for multiple, times in multiples.items()) / MILLION
    spread = sum((multiple - mean) ** 2 * times for multiple, times in multiples.items()) / MILLION
    per_paid_spin = float(figures.spins_per_paid_spin())

    assert abs(mean * per_paid_spin - float(figures.rtp())) < Z99 * per_paid_spin * math.sqrt(spread / MILLION)
    chance = float(figures.free_spin_chance())
    assert abs(free / MILLION - chance) < Z99 * math.sqrt(chance * (1 - chance) / MILLION)
