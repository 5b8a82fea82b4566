"""What beats what, what it pays, and what that returns, exactly and in a million draws."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest

from games.fairness.rules import Draw
from games.odds.rps import sheet
from games.rps import rules
from games.rps.rules import Hand, Result


@pytest.mark.parametrize(
    ("player", "house", "result"),
    [
        ("rock", "scissors", "win"), ("paper", "rock", "win"), ("scissors", "paper", "win"),
        ("scissors", "rock", "lose"), ("rock", "paper", "lose"), ("paper", "scissors", "lose"),
        ("rock", "rock", "draw"), ("paper", "paper", "draw"), ("scissors", "scissors", "draw"),
    ],
)  # fmt: skip
def test_what_beats_what(player, house, result):
    assert rules.result_of(Hand(player), Hand(house)) is Result(result)


@pytest.mark.parametrize(("bet", "win"), [(10, 19), (17, 32), (50, 97), (100, 194), (10_000, 19_400)])
def test_a_win_pays_rounded_down_and_a_draw_gives_the_bet_back(bet, win):
    assert [rules.payout_for(bet, result) for result in (Result.WIN, Result.DRAW, Result.LOSE)] == [win, bet, 0]


def test_the_published_returns_are_those_of_every_bet_enumerated():
    returns = {bet: rules.return_of(bet) for bet in range(rules.MIN_BET, rules.MAX_BET + 1)}

    assert max(returns.values()) == rules.rtp() == Fraction(98, 100)
    assert all(returns[bet] == rules.rtp() for bet in returns if bet % 50 == 0)
    assert min(returns.values()) == returns[rules.lowest_return_bet()] == Fraction(49, 51)
    assert sum(chance.percent for chance in sheet().hands.chances) == Decimal(100)


def test_a_million_hands_are_equally_likely():
    draw = Draw(bytes(range(32)), "million", 0)
    counts = Counter(rules.draw_hand(draw) for _ in range(1_000_000))

    expected = 1_000_000 / 3
    assert sum((count - expected) ** 2 / expected for count in counts.values()) < 9.21  # 99th percentile, 2 degrees
