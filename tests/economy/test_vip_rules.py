"""Which tier a total of VIP points stands for."""

from datetime import date

import pytest

from economy.vip.rules import claim_key, flag_key, standing_of


@pytest.mark.parametrize(
    ("points", "tier", "above", "missing"),
    [
        (0, "STANDARD", "PREMIUM", 1000),
        (999, "STANDARD", "PREMIUM", 1),
        (1000, "PREMIUM", "VIP", 4000),
        (4999, "PREMIUM", "VIP", 1),
        (5000, "VIP", None, None),
        (2**62, "VIP", None, None),
    ],
)
def test_a_tier_begins_exactly_at_its_threshold(points, tier, above, missing):
    standing = standing_of(points)

    assert (standing.tier, standing.next_tier, standing.points_to_next) == (tier, above, missing)


def test_keys_name_the_player_and_the_game_day():
    assert claim_key(7, date(2031, 1, 2)) == "vip:7:2031-01-02"
    assert flag_key(7, date(2031, 1, 2)) == "vip_claimed:7:2031-01-02"
