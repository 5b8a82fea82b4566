"""A million paid spins of a fixed seed with the free ones they lead to: all falls, and returns, as it is published."""

import math
from collections import Counter
from dataclasses import dataclass, field

from games.fairness.rules import Draw
from games.odds.slot import NOTHING, sheet
from games.slot import figures, rules

MILLION = 1_000_000
BET = rules.MAX_LINES
Z99 = 2.5758293035489004


@dataclass
class Seen:
    """What a million paid spins on all lines gave: stops of each reel, outcomes of line 1, gold won by paid spin."""

    spins: int = 0
    stops: list[list[int]] = field(default_factory=lambda: [[0] * rules.STOPS for _ in range(rules.REELS)])
    line_one: Counter = field(default_factory=Counter)
    winning: int = 0
    awarding: int = 0
    returned: Counter = field(default_factory=Counter)


def _million_spins() -> Seen:
    """Every spin, free ones too, is drawn and judged as `games.slot.services` does it: by the pair's next nonce."""
    seed, found = bytes(range(32)), Seen()
    for _ in range(MILLION):
        won, left = 0, 1
        while left:
            stops = rules.draw_stops(Draw(seed, "a-million-spins", found.spins))
            outcome = rules.outcome_of(stops, rules.MAX_LINES)
            for counts, stop in zip(found.stops, stops, strict=True):
                counts[stop] += 1
            first = outcome.wins[0] if outcome.wins and outcome.wins[0].line == 1 else None
            found.line_one[f"{first.symbol} × {first.count}" if first else NOTHING] += 1
            found.winning += bool(outcome.wins)
            found.awarding += bool(outcome.free_spins)
            found.spins += 1
            won += rules.payout_for(BET, rules.MAX_LINES, outcome.line_multipliers)
            left += outcome.free_spins - 1
        found.returned[won] += 1
    return found


def _passes(counts, chances):
    """Chi-square at p > 0.01 (Wilson and Hilferty's cube), what is expected fewer than 5 times taken together."""
    draws = sum(counts.values())
    rare = [name for name, chance in chances.items() if chance * draws < 5]
    groups = [[name] for name in chances if name not in rare] + ([rare] if rare else [])
    statistic = 0.0
    for group in groups:
        expected = draws * float(sum(chances[name] for name in group))
        statistic += (sum(counts[name] for name in group) - expected) ** 2 / expected
    freedom = len(groups) - 1
    limit = freedom * (1 - 2 / (9 * freedom) + 2.3263478740408408 * math.sqrt(2 / (9 * freedom))) ** 3
    assert statistic < limit, (statistic, limit)


def _lies_within(hits, draws, chance):
    assert abs(hits / draws - chance) < Z99 * math.sqrt(chance * (1 - chance) / draws), (hits / draws, chance)


def test_a_million_paid_spins_fall_and_return_as_published():
    """One test, so that the spins are made once whatever worker runs it."""
    seen = _million_spins()

    for reel in seen.stops:
        _passes(dict(enumerate(reel)), dict.fromkeys(range(rules.STOPS), 1 / rules.STOPS))
    _passes(seen.line_one, {chance.outcome: chance.probability for chance in sheet().line.chances})
    _lies_within(seen.winning, seen.spins, float(figures.hit_frequency()))
    _lies_within(seen.awarding, seen.spins, float(figures.free_spin_chance()))
    mean = sum(won * times for won, times in seen.returned.items()) / MILLION
    spread = sum((won - mean) ** 2 * times for won, times in seen.returned.items()) / MILLION
    assert abs(mean - float(figures.rtp()) * BET) < Z99 * math.sqrt(spread / MILLION)
    assert abs(seen.spins / MILLION - float(figures.spins_per_paid_spin())) < 0.01
