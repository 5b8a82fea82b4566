"""What is tighter, when looser comes, and which bet a limit refuses."""

from datetime import UTC, datetime, timedelta

import pytest

from economy.limits.rules import Breach, Kind, Limit, Rest, Standing, Used, breach_of

NOW = datetime(2031, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(hours=24)


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        (Limit(), 100, Limit(100)),
        (Limit(), None, Limit()),
        (Limit(100), 99, Limit(99)),
        (Limit(100), 100, Limit(100)),
        (Limit(100), 101, Limit(100, 101, NOW + DAY)),
        (Limit(100), None, Limit(100, None, NOW + DAY)),
        # Asked again, the same looser limit keeps its time; another one begins to wait anew.
        (Limit(100, 200, NOW + timedelta(hours=1)), 200, Limit(100, 200, NOW + timedelta(hours=1))),
        (Limit(100, 200, NOW + timedelta(hours=1)), 150, Limit(100, 150, NOW + DAY)),
        (Limit(100, None, NOW + timedelta(hours=1)), None, Limit(100, None, NOW + timedelta(hours=1))),
        # Back to what is in force, or below it, and nothing is on its way any more.
        (Limit(100, 200, NOW + timedelta(hours=1)), 100, Limit(100)),
        (Limit(100, 200, NOW + timedelta(hours=1)), 50, Limit(50)),
        # What has come due is in force first.
        (Limit(100, 200, NOW), 200, Limit(200)),
        (Limit(100, 200, NOW), 150, Limit(150)),
        (Limit(100, None, NOW), 150, Limit(150)),
    ],
)
def test_tighter_counts_at_once_and_looser_in_a_day(before, wanted, after):
    assert before.changed(wanted, NOW) == after


def test_a_looser_limit_is_in_force_from_its_moment_on():
    limit = Limit(100, 200, NOW)

    assert limit.at(NOW - timedelta(microseconds=1)).amount == 100
    assert limit.at(NOW) == Limit(200)
    assert Limit(100, None, NOW).at(NOW) == Limit(None)


def standing(used=None, rests=None, **limits):
    return Standing(
        {Kind(f"daily_{name}"): Limit(amount) for name, amount in limits.items()}, used or Used(), rests or {}
    )


@pytest.mark.parametrize(
    ("found", "stake", "breach"),
    [
        (standing(), 10**12, None),
        (standing(Used(wagered=900), wager=1000), 99, None),
        (standing(Used(wagered=900), wager=1000), 100, None),
        (standing(Used(wagered=900), wager=1000), 101, Breach(Kind.WAGER, 100)),
        (standing(Used(wagered=900), wager=500), 1, Breach(Kind.WAGER, 0)),
        (standing(Used(wagered=900, won=500), loss=500), 99, None),
        (standing(Used(wagered=900, won=500), loss=500), 100, None),
        (standing(Used(wagered=900, won=500), loss=500), 101, Breach(Kind.LOSS, 100)),
        (standing(Used(wagered=100, won=1000), loss=50), 950, None),
        (standing(Used(wagered=100, won=1000), loss=50), 951, Breach(Kind.LOSS, 950)),
        (standing(Used(minutes=4), minutes=5), 1, None),
        (standing(Used(minutes=5), minutes=5), 1, Breach(Kind.MINUTES)),
        (standing(Used(minutes=5, this_minute=True), minutes=5), 1, None),
        (standing(Used(wagered=9), wager=5, loss=5, minutes=1), 1, Breach(Kind.WAGER, 0)),
        # A free play stakes nothing: only a rest keeps it back.
        (standing(Used(wagered=9, minutes=9), wager=5, loss=5, minutes=1), 0, None),
        (standing(rests={Rest.PAUSE: NOW}), 0, Breach(Rest.PAUSE)),
        (standing(rests={Rest.PAUSE: NOW, Rest.EXCLUSION: NOW + DAY}), 1, Breach(Rest.EXCLUSION)),
        (standing(rests={Rest.PAUSE: NOW + DAY, Rest.EXCLUSION: NOW}), 1, Breach(Rest.PAUSE)),
    ],
)
def test_a_limit_may_be_reached_to_the_last_coin_and_not_passed(found, stake, breach):
    assert breach_of(found, stake) == breach
