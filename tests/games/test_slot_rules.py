"""Strips, lines and paytable do what the odds page says."""

import pytest

from games.slot import rules


def _stops_showing(*tops):
    """The stops whose top row shows these cards."""
    return tuple(strip.index(card) for strip, card in zip(rules.CURRENT.strips, tops, strict=True))


def test_the_tables_have_the_shape_they_must_have():
    assert [len(strip) for strip in rules.CURRENT.strips] == [25] * 5
    assert len(set(rules.LINES)) == rules.MAX_LINES == 20
    assert all(len(line) == 5 and set(line) <= {0, 1, 2} for line in rules.LINES)
    assert all(three < four < five for three, four, five in rules.CURRENT.paytable.values())
    assert [strip.count(rules.WILD) for strip in rules.CURRENT.strips] == [0, 1, 1, 1, 0]
    assert [strip.count(rules.SCATTER) for strip in rules.CURRENT.strips] == [2, 0, 2, 0, 2]
    assert {card for strip in rules.CURRENT.strips for card in strip} == {*rules.CARDS, rules.WILD, rules.SCATTER}


@pytest.mark.parametrize(
    ("cards", "expected"),
    [
        ("pine pine pine moon moon", ("pine", 3, 10)),
        ("pine pine pine pine moon", ("pine", 4, 30)),
        ("moon moon moon moon moon", ("moon", 5, 2500)),
        ("crane wild wild wild crane", ("crane", 5, 1000)),
        ("crane wild wild moon crane", ("crane", 3, 50)),
        ("crane crane moon crane crane", ("crane", 2, 0)),
        ("moon crane crane crane crane", ("moon", 1, 0)),
        ("scatter wild wild wild pine", ("scatter", 4, 0)),
        ("pine pine scatter pine pine", ("pine", 2, 0)),
    ],
)
def test_a_line_pays_from_the_left_and_a_wild_stands_for_any_card(cards, expected):
    assert rules.line_value(cards.split()) == expected


def test_reels_show_three_cards_from_the_stop_and_wrap_around():
    outcome = rules.outcome_of((24, 0, 0, 0, 24), 20)

    assert outcome.reels[0] == (rules.CURRENT.strips[0][24], rules.CURRENT.strips[0][0], rules.CURRENT.strips[0][1])
    assert outcome.reels[1] == rules.CURRENT.strips[1][:3]
    assert [len(reel) for reel in outcome.reels] == [3] * 5


def test_only_the_lines_played_pay():
    five_moons = _stops_showing("moon", "moon", "moon", "moon", "moon")  # along the top row: line 2

    assert not rules.outcome_of(five_moons, 1).is_jackpot
    assert rules.outcome_of(five_moons, 2).is_jackpot
    assert rules.outcome_of(five_moons, 2).wins[-1] == rules.LineWin(2, "moon", 5, 2500)


def test_three_scatters_in_sight_give_free_spins_wherever_they_are():
    two = _stops_showing("scatter", "moon", "scatter", "moon", "moon")
    three = (*two[:4], rules.CURRENT.strips[4].index(rules.SCATTER) - 2)

    assert rules.outcome_of(two, 20).free_spins == 0
    assert rules.outcome_of(three, 1).free_spins == rules.CURRENT.free_spins


@pytest.mark.parametrize(
    ("bet", "lines", "multipliers", "won"),
    [
        (20, 20, 10, 10),
        (29, 20, 10, 14),
        (20, 1, 2500, 50_000),
        (10_000, 1, 2500, 25_000_000),
        (20, 20, 0, 0),
        (21, 20, 1, 1),
    ],
)
def test_payouts_round_down_once(bet, lines, multipliers, won):
    assert rules.payout_for(bet, lines, multipliers) == won
