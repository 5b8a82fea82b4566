"""Every figure the slot publishes, recomputed by looking at all 25⁵ = 9,765,625 stops."""

from fractions import Fraction
from itertools import product

import numpy
import pytest

from games.slot import figures, rules

CARDS = (*rules.CARDS, rules.WILD, rules.SCATTER)
STRIPS = numpy.array([[CARDS.index(card) for card in strip] for strip in rules.CURRENT.strips])


@pytest.fixture(scope="module")
def histograms():
    """For 1 … 20 lines: how many of all stops have which sum of line multipliers."""
    width = len(CARDS)
    value = numpy.zeros(width**rules.REELS, dtype=numpy.int32)
    for position, cards in enumerate(product(CARDS, repeat=rules.REELS)):
        value[position] = rules.line_value(list(cards))[2]
    most = rules.MAX_LINES * max(pays[2] for pays in rules.CURRENT.paytable.values())
    found = numpy.zeros((rules.MAX_LINES, most + 1), dtype=numpy.int64)
    for stop in range(rules.STOPS):
        total = numpy.zeros(rules.STOPS ** (rules.REELS - 1), dtype=numpy.int32)
        for line, rows in enumerate(rules.LINES):
            seen = [numpy.roll(strip, -row) for strip, row in zip(STRIPS, rows, strict=True)]
            at = numpy.array([seen[0][stop]], dtype=numpy.int32)
            for reel in seen[1:]:
                at = (at[:, None] * width + reel[None, :].astype(numpy.int32)).ravel()
            total += value[at]
            counts = numpy.bincount(total)
            found[line, : len(counts)] += counts
    return found


def _lost_to_rounding(histogram, lines, bet) -> Fraction:
    """Gold that ⌊⌋ takes from one spin of this bet on average."""
    sums = numpy.nonzero(histogram)[0]
    lost = int((((bet % lines) * sums) % lines * histogram[sums]).sum())
    return Fraction(lost, lines * figures.STOPS_IN_ALL)


def test_the_return_to_player_is_exactly_what_is_published(histograms):
    for lines, histogram in enumerate(histograms, start=1):
        multipliers = int((numpy.arange(len(histogram)) * histogram).sum())
        per_spin = Fraction(multipliers, lines * figures.STOPS_IN_ALL)
        assert per_spin * figures.spins_per_paid_spin() == figures.rtp()
    assert Fraction(94, 100) <= figures.rtp() <= Fraction(96, 100)


def test_the_hit_frequency_is_exactly_what_is_published(histograms):
    winning = tuple(int(histogram[1:].sum()) for histogram in histograms)
    assert winning == figures.WINNING_STOPS
    assert Fraction(25, 100) < figures.hit_frequency() < Fraction(30, 100)


def test_no_bet_and_no_number_of_lines_returns_less_than_the_lowest_published_figure(histograms):
    lowest = min(
        (figures.rtp() - _lost_to_rounding(histogram, lines, bet) / bet * figures.spins_per_paid_spin(), bet, lines)
        for lines, histogram in enumerate(histograms, start=1)
        for bet in range(rules.MIN_BET, rules.MIN_BET + lines)  # a larger bet with the same remainder loses less
    )
    assert lowest == (figures.LOWEST_RTP, figures.LOWEST_RTP_BET, figures.LOWEST_RTP_LINES)
    assert Fraction(94, 100) <= figures.LOWEST_RTP


def test_free_spins_come_as_often_as_published():
    scatters = [
        [
            sum(strip[(stop + row) % rules.STOPS] == rules.SCATTER for row in range(rules.ROWS))
            for stop in range(rules.STOPS)
        ]
        for strip in rules.CURRENT.strips
    ]
    by_count = {0: 1}
    for reel in scatters:
        grown = {}
        for count, ways in by_count.items():
            for seen in reel:
                grown[count + seen] = grown.get(count + seen, 0) + ways
        by_count = grown
    awarding = sum(ways for count, ways in by_count.items() if count >= rules.SCATTERS_NEEDED)
    assert Fraction(awarding, figures.STOPS_IN_ALL) == figures.free_spin_chance()
    assert rules.CURRENT.free_spins * figures.free_spin_chance() < 1


def test_no_win_can_pass_the_published_maximum(histograms):
    for lines, histogram in enumerate(histograms, start=1):
        most = int(numpy.nonzero(histogram)[0].max())
        assert rules.payout_for(rules.MAX_BET, lines, most) <= rules.MAX_WIN
    assert rules.payout_for(rules.MAX_BET, 1, int(numpy.nonzero(histograms[0])[0].max())) == rules.MAX_WIN
