"""The safety net begins where no table takes the player's gold any more."""

from economy.safetynet.rules import GOLD, SMALLEST_BET
from games.simulators import SIMULATORS

TABLES = [game for game in SIMULATORS if game.band is not None]


def test_the_safety_net_knows_the_smallest_bet_of_all_games():
    assert min(game.min_bet for game in TABLES) == SMALLEST_BET


def test_one_safety_net_is_enough_for_a_bet_at_any_table():
    assert max(game.min_bet for game in TABLES) <= GOLD
