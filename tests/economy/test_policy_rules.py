"""The bands of special rewards, exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from economy.policy.rules import FIRST, Policy, faults_of, is_special


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        (0, 0),
        (1, 1),
        (1000, 1000),
        (1001, 1000),
        (1002, 1001),
        (5000, 3000),
        (5003, 3000),
        (5004, 3001),
        (8000, 3750),
        (12_999, 4999),
        (13_000, 5000),
        (13_004, 5000),
        (10**18, 5000),
    ],
)
def test_the_first_policy_gives_exactly(asked, granted):
    assert FIRST.granted(asked) == granted


def test_the_sum_is_rounded_down_once():
    policy = Policy(2, (3, 3), (33, 33, 33), 10**6)

    assert policy.granted(9) == 297 // 100


def test_one_percentage_alone_is_a_policy():
    assert Policy(2, (), (40,), 100).granted(99) == 39


@given(st.integers(0, 10**12), st.integers(0, 10**6))
def test_more_asked_is_never_less_given_and_never_more_than_asked(asked, more):
    assert FIRST.granted(asked) <= FIRST.granted(asked + more)
    assert FIRST.granted(asked) <= asked


@pytest.mark.parametrize(
    ("widths", "percents", "cap", "named"),
    [
        ([1000, 4000], [100, 50, 25], 5000, set()),
        ([], [100], 1, set()),
        ([1000], [100, 0], 1, set()),
        ([0], [100, 50], 1, {"widths"}),
        ([-1], [100, 50], 1, {"widths"}),
        ([1] * 9, [9] * 10, 1, {"widths"}),
        ([1000], [100], 1, {"percents"}),
        ([1000], [50, 100], 1, {"percents"}),
        ([1000], [101, 50], 1, {"percents"}),
        ([1000], [50, -1], 1, {"percents"}),
        ([1000], [0, 0], 1, {"percents"}),
        ([], [], 1, {"percents"}),
        ([], [100], 0, {"cap"}),
        ([0], [1], -5, {"widths", "percents", "cap"}),
    ],
)
def test_what_does_not_fit_together_is_named(widths, percents, cap, named):
    assert set(faults_of(widths, percents, cap)) == named


@pytest.mark.parametrize(
    ("reward_type", "special"), [("SPECIAL_GRANT", True), ("EVENT", False), ("STREAK_DAILY", False)]
)
def test_special_is_said_by_the_type(reward_type, special):
    assert is_special(reward_type) is special
