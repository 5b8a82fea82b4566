"""The deck, the table and the pity do what the odds page says: exactly, and in a million draws."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest

from games.fairness.rules import Draw
from games.gacha import figures, rules
from games.gacha.rules import Rarity

STANDARD = rules.ODDS["gacha-standard-2026-11-23"]
EVERY_ODDS = pytest.mark.parametrize("odds", rules.ODDS.values(), ids=lambda odds: odds.version)
MILLION = 1_000_000


class Scripted:
    """Gives these numbers, and remembers the bounds asked for."""

    def __init__(self, *numbers):
        self.numbers = list(numbers)
        self.bounds = []

    def below(self, bound):
        self.bounds.append(bound)
        return self.numbers.pop(0)


def test_the_deck_is_the_one_everybody_knows():
    kinds = Counter(card.rarity for card in rules.DECK)

    assert kinds == {Rarity.BRIGHT: 5, Rarity.ANIMAL: 9, Rarity.RIBBON: 10, Rarity.PI: 12}
    assert len(rules.CARDS) == len(rules.DECK) == 36
    assert {card.month for card in rules.DECK} == set(range(1, 13))


@EVERY_ODDS
def test_every_number_gives_the_card_it_is_published_for(odds):
    drawn = Counter(rules.draw_card(Scripted(number), odds, guaranteed=False).code for number in range(rules.WHOLE))

    assert drawn == {card.code: weight for card, weight in zip(rules.DECK, odds.weights, strict=True)}


@EVERY_ODDS
def test_pity_draws_among_the_brights_alone_in_their_own_proportion(odds):
    whole = odds.weight_of(Rarity.BRIGHT)
    drawn = Counter(rules.draw_card(Scripted(number), odds, guaranteed=True).code for number in range(whole))

    assert drawn == {
        card.code: weight for card, weight in zip(rules.DECK, odds.weights, strict=True) if card.rarity is Rarity.BRIGHT
    }


def test_ten_cards_are_ten_numbers_one_after_another():
    draw = Scripted(*[999] * 9, 0)

    outcome = rules.outcome_of(draw, STANDARD, 10, 0)

    assert draw.bounds == [1000] * 10
    assert [pulled.card.code for pulled in outcome.pulled] == ["willow-pi"] * 9 + ["pine-bright"]
    assert outcome.pity_after == 0


def test_pull_fifty_without_a_bright_is_one_for_certain_and_the_count_begins_again():
    draw = Scripted(*[999] * 4, 24, *[999] * 5)

    outcome = rules.outcome_of(draw, STANDARD, 10, 45)

    assert draw.bounds == [1000] * 4 + [25] + [1000] * 5
    assert [pulled.guaranteed for pulled in outcome.pulled] == [False] * 4 + [True] + [False] * 5
    assert outcome.pulled[4].card.code == "willow-bright"
    assert outcome.pity_after == 5


@pytest.mark.parametrize("weights", [(1,) * 36, (1000,), (0, *STANDARD.weights[1:]), (6, *STANDARD.weights[1:])])
def test_a_table_that_does_not_sum_to_one_hundred_percent_is_no_table(weights):
    with pytest.raises(ValueError, match="gacha-wrong"):
        rules.Odds("gacha-wrong", STANDARD.effective_from, 50, weights)


@EVERY_ODDS
def test_published_percentages_sum_to_exactly_one_hundred(odds):
    assert sum(figures.chance_of(odds, rarity) for rarity in Rarity) == 1
    assert sum(figures.effective_chance_of(odds, rarity) for rarity in Rarity) == 1
    assert sum(figures.printed_effective_percents(odds).values()) == Decimal(100)
    for rarity, printed in figures.printed_effective_percents(odds).items():
        assert abs(Fraction(printed) / 100 - figures.effective_chance_of(odds, rarity)) < Fraction(1, 10**6)


@EVERY_ODDS
def test_the_rate_with_pity_is_that_of_the_chain_enumerated_state_by_state(odds):
    """The counter is a Markov chain on 0 … N − 1; its stationary distribution, solved exactly, gives the same rates."""
    p = figures.chance_of(odds, Rarity.BRIGHT)
    unnormalised = [(1 - p) ** count for count in range(odds.pity)]
    stationary = [share / sum(unnormalised) for share in unnormalised]

    inflow = sum(share * p for share in stationary[:-1]) + stationary[-1]
    assert inflow == stationary[0]  # every state above 0 is reached from the one below it alone
    assert all(stationary[count] * (1 - p) == stationary[count + 1] for count in range(odds.pity - 1))

    bright = sum(share * p for share in stationary[:-1]) + stationary[-1]
    assert figures.effective_chance_of(odds, Rarity.BRIGHT) == bright == 1 / figures.pulls_per_top(odds)
    assert figures.guaranteed_share(odds) == stationary[-1]
    ribbon = figures.chance_of(odds, Rarity.RIBBON)
    assert figures.effective_chance_of(odds, Rarity.RIBBON) == ribbon * sum(stationary[:-1])


def test_the_mean_distance_between_brights_is_the_enumerated_one():
    p = Fraction(1, 40)
    by_length = [(1 - p) ** (n - 1) * p for n in range(1, 50)] + [(1 - p) ** 49]

    assert sum(by_length) == 1
    assert figures.pulls_per_top(STANDARD) == sum(n * chance for n, chance in enumerate(by_length, start=1))


@EVERY_ODDS
def test_a_million_cards_fall_as_published(odds):
    """10⁶ cards in acts of ten of one seed pair, pity running: cards outside pity and cards by pity each pass
    chi-square, p > 0.01."""
    free, given, pity = Counter(), Counter(), 0
    for nonce in range(MILLION // 10):
        outcome = rules.outcome_of(Draw(bytes(range(32)), "a-million-cards", nonce), odds, 10, pity)
        for pulled in outcome.pulled:
            (given if pulled.guaranteed else free)[pulled.card.code] += 1
        pity = outcome.pity_after

    def chi_square(found, codes):
        total, whole = sum(found.values()), sum(codes.values())
        return sum(
            (found[code] - total * weight / whole) ** 2 / (total * weight / whole) for code, weight in codes.items()
        )

    weights = {card.code: weight for card, weight in zip(rules.DECK, odds.weights, strict=True)}
    brights = {code: weight for code, weight in weights.items() if code.endswith("-bright")}
    assert chi_square(free, weights) < 57.34  # 99th percentile, 35 degrees of freedom
    assert chi_square(given, brights) < 13.28  # 4 degrees of freedom
    seen = sum(free[code] + given[code] for code in brights) / MILLION
    assert abs(seen - float(figures.effective_chance_of(odds, Rarity.BRIGHT))) < 2.58 * 0.00018
    share = sum(given.values()) / MILLION
    assert abs(share - float(figures.guaranteed_share(odds))) < 2.58 * 0.0002


@pytest.mark.parametrize(
    ("pulls", "gold", "xp"), [(1, 150, 15), (1, 5, 1), (10, 1350, 135), (10, 50, 10), (1, 0, 1), (10, 0, 10)]
)
def test_xp_is_a_tenth_of_the_gold_and_at_least_one_a_card(pulls, gold, xp):
    assert rules.xp_for(pulls, gold) == xp
