"""The registry of metrics: what each reads of the books, and what its value is for what moved."""

import pytest

from economy.ledger.rules import CHART, Asset, Sum
from events.progress.rules import DERIVED, METRICS, PAYOUTS, REPORTED, STAKES, is_complete, share_of

MOVED = {
    (Asset.GOLD, "slot.bet"): Sum(3, 3, -290),
    (Asset.GOLD, "slot.win"): Sum(2, 1, 450),
    (Asset.GOLD, "crash.bet"): Sum(2, 2, -130),
    (Asset.GOLD, "crash.win"): Sum(1, 1, 200),
    (Asset.GOLD, "gacha.pull"): Sum(1, 10, -900),
    (Asset.GEMS, "gacha.pull"): Sum(1, 1, -30),
    (Asset.GEMS, "pass.upgrade"): Sum(1, 1, -500),
    (Asset.GOLD, "streak.claim"): Sum(2, 2, 2100),
    (Asset.XP, "play.xp"): Sum(5, 5, 42),
    (Asset.XP, "streak.claim"): Sum(2, 2, 105),
    (Asset.XP, "adjustment"): Sum(1, 1, -999),
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("slot_spins", 3),
        ("crash_bets", 2),
        ("gacha_pulls", 11),
        ("xp", 147),
        ("streak_claims", 2),
    ],
)
def test_a_metric_of_one_game_or_source(name, value):
    assert METRICS[name].of(MOVED) == value


@pytest.mark.parametrize("name", DERIVED)
def test_a_metric_of_nothing_is_nothing(name):
    assert METRICS[name].of({}) == 0


def test_metrics_over_all_games_count_whatever_game_is_in_the_chart():
    of_known = {key: moved for key, moved in MOVED.items() if key[1] in CHART}
    stakes = [moved for (_, reason), moved in of_known.items() if reason in STAKES]
    gold_stakes = [moved for (asset, reason), moved in of_known.items() if asset == "gold" and reason in STAKES]
    payouts = [moved for (_, reason), moved in of_known.items() if reason in PAYOUTS]
    plays, wagered = sum(moved.units for moved in stakes), -sum(moved.amount for moved in gold_stakes)

    assert METRICS["plays"].of(MOVED) == plays >= 3
    assert METRICS["wins"].of(MOVED) == sum(moved.units for moved in payouts) >= 1
    assert METRICS["wagered_gold"].of(MOVED) == wagered >= 290
    assert METRICS["won_gold"].of(MOVED) == sum(moved.amount for moved in payouts) >= 450
    assert METRICS["model_index_points"].of(MOVED) == plays + wagered // 100
    assert METRICS["spent_gems"].of(MOVED) >= 500


def test_index_points_are_plays_and_whole_hundreds_of_gold():
    assert METRICS["model_index_points"].of({(Asset.GOLD, "slot.bet"): Sum(2, 2, -199)}) == 3
    assert METRICS["model_index_points"].of({(Asset.GOLD, "slot.bet"): Sum(2, 2, -200)}) == 4


def test_every_game_of_the_chart_is_counted_as_play():
    assert {"slot.bet"} <= set(STAKES)
    assert {"slot.win"} <= set(PAYOUTS)


def test_reported_metrics_are_not_derived():
    assert set(REPORTED) & set(DERIVED) == set()
    assert {"plays", "wins", "model_index_points"} <= set(DERIVED)


def test_complete_means_every_target_and_the_share_counts_each_alike():
    targets = {"plays": 10, "wins": 4}

    assert not is_complete({"plays": 99, "wins": 3}, targets)
    assert is_complete({"plays": 10, "wins": 4}, targets)
    assert share_of({"plays": 99, "wins": 1}, targets) == 62
    assert share_of({"plays": 0, "wins": 0}, targets) == 0
