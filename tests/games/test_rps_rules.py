"""What beats what, what it pays, and what that returns, exactly and in a million draws."""

import math
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


def test_a_million_rounds_fall_and_return_as_published():
    """10⁶ rounds of one seed pair: hands pass chi-square at p > 0.01, the return lies within its 99 % interval."""
    rounds, bet = 1_000_000, 100
    hands, paid = Counter(), Counter()
    for nonce in range(rounds):
        house = rules.draw_hand(Draw(bytes(range(32)), "a-million-hands", nonce))
        hands[house] += 1
        paid[rules.payout_for(bet, rules.result_of(rules.HANDS[nonce % 3], house))] += 1

    assert sum((count - rounds / 3) ** 2 / (rounds / 3) for count in hands.values()) < 9.21  # 2 degrees of freedom
    mean = sum(gold * times for gold, times in paid.items()) / rounds
    spread = sum((gold - mean) ** 2 * times for gold, times in paid.items()) / rounds
    assert abs(mean / bet - float(rules.rtp())) < 2.576 * math.sqrt(spread / rounds) / bet
