"""Levels, moves and windows as pure functions."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from economy.ledger.rules import (
    BIGINT_MAX,
    CHART,
    Account,
    Asset,
    Move,
    Window,
    hour_of,
    level_of,
    reasons_of,
    xp_to_reach,
)

START = datetime(2026, 11, 23, 12, tzinfo=UTC)


def counted_level(total: int) -> tuple[int, int, int]:
    """Level by level, as SPEC says it: level → level + 1 takes 1000 + (level − 1) · 100."""
    level, left = 1, total
    while left >= (takes := 1000 + (level - 1) * 100):
        left -= takes
        level += 1
    return level, left, takes


@given(st.integers(0, 3_000_000))
def test_the_level_is_the_one_that_counting_up_gives(total):
    found = level_of(total)

    assert (found.level, found.experience, found.max_experience) == counted_level(total)
    assert found.total_experience == total


@given(st.integers(1, 300_000_000))
def test_a_level_begins_exactly_at_its_threshold(level):
    threshold = xp_to_reach(level)

    assert level_of(threshold).level == level
    assert level_of(threshold).experience == 0
    if level > 1:
        assert level_of(threshold - 1).level == level - 1


def test_the_largest_total_a_wallet_can_hold_has_a_level():
    found = level_of(BIGINT_MAX)

    assert xp_to_reach(found.level) <= BIGINT_MAX < xp_to_reach(found.level + 1)


@pytest.mark.parametrize("amount", [True, 1.0, "1", None])
def test_an_amount_that_is_not_a_whole_number_is_refused(amount):
    with pytest.raises(TypeError):
        Move(Asset.GOLD, amount, "adjustment", "r")


@pytest.mark.parametrize("units", [True, 1.0, "1", None])
def test_units_that_are_not_a_whole_number_are_refused(units):
    with pytest.raises(TypeError):
        Move(Asset.GOLD, 1, "adjustment", "r", units=units)


def test_an_asset_by_its_bare_name_is_refused():
    with pytest.raises(TypeError):
        Move("gold", 1, "adjustment", "r")


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": 0},
        {"reason": "not.in.the.chart"},
        {"reference": ""},
        {"reference": "r" * 201},
        {"units": -1},
        {"units": 2**31},
    ],
)
def test_a_move_that_no_caller_may_send_is_refused(fields):
    with pytest.raises(ValueError, match="."):
        Move(**({"asset": Asset.GOLD, "amount": 1, "reason": "adjustment", "reference": "r"} | fields))


def test_every_reason_has_one_system_account():
    by_account = [reason for account in Account for reason in reasons_of(account)]

    assert sorted(by_account) == sorted(CHART)


moments = st.integers(0, 5 * 3_600_000_000).map(lambda us: START + timedelta(microseconds=us))


@given(moments, moments, moments)
def test_the_parts_of_a_window_hold_each_of_its_moments_once(start, end, moment):
    parts = Window(start, end).parts()

    times_held = (
        (parts.head_start <= moment < parts.head_end)
        + (parts.first_hour <= hour_of(moment) < parts.last_hour)
        + (parts.tail_start <= moment < parts.tail_end)
    )

    assert times_held == (start <= moment < end)
    assert parts.first_hour == hour_of(parts.first_hour)
    assert parts.last_hour == hour_of(parts.last_hour)
    assert parts.head_end - parts.head_start < timedelta(hours=1) or start >= end or parts.first_hour >= parts.last_hour
