"""The safety net begins where no table takes the player's gold any more."""

from economy.safetynet.rules import GOLD, SMALLEST_BET
from games.crash import rules as crash
from games.slot import rules as slot


def test_the_safety_net_knows_the_smallest_bet_of_all_games():
    assert min(slot.MIN_BET, crash.MIN_BET) == SMALLEST_BET


def test_one_safety_net_is_enough_for_a_bet_at_any_table():
    assert max(slot.MIN_BET, crash.MIN_BET) <= GOLD
