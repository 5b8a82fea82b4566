"""Missions: progress within the running period only, a reward once a period."""

from datetime import UTC, datetime, timedelta

import pytest

from casino_club.core.errors import NotFound
from economy.ledger.selectors import wallet_of
from economy.rewards.models import UserReward
from events.missions import services
from events.missions.models import Mission
from events.missions.rules import period_of
from events.missions.selectors import missions_of, states_of
from tests import factories
from tests.events.play import fund, play

pytestmark = pytest.mark.django_db
WEDNESDAY = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 26, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def mission(**changes) -> Mission:
    values = {"title": "판 벌이기", "mission_type": "daily", "metric": "plays", "target_value": 2, "gold": 100}
    return Mission.objects.create(**(values | changes))


@pytest.fixture
def player():
    player = factories.player().pk
    fund(player, at=WEDNESDAY - timedelta(days=30), gold=100_000)
    return player


def claim(player, claimed, now):
    return services.claim(player_id=player, mission_id=claimed.pk, now=now)


def test_a_days_period_is_the_game_day_and_a_weeks_begins_on_monday():
    day, week = period_of("daily", WEDNESDAY), period_of("weekly", WEDNESDAY)

    assert (day.first_date.isoformat(), day.resets_at) == ("2026-11-25", MIDNIGHT)
    assert (week.first_date.isoformat(), week.resets_at) == ("2026-11-23", datetime(2026, 11, 30, tzinfo=UTC))


def test_periods_follow_the_game_zone(settings):
    settings.GAME_TIMEZONE = "Asia/Seoul"

    late = period_of("daily", datetime(2026, 11, 25, 15, 0, tzinfo=UTC))

    assert (late.first_date.isoformat(), late.window.start) == ("2026-11-26", datetime(2026, 11, 25, 15, tzinfo=UTC))


def test_progress_starts_afresh_at_the_reset(player):
    daily, weekly = mission(), mission(mission_type="weekly", target_value=3)
    play(player, at=MIDNIGHT - TICK)
    play(player, at=MIDNIGHT)

    before = states_of(player, [daily, weekly], now=MIDNIGHT - TICK)
    after = states_of(player, [daily, weekly], now=MIDNIGHT)

    assert [state.progress for state in before] == [1, 1]
    assert [state.progress for state in after] == [1, 2]


def test_a_mission_pays_once_a_period_and_again_in_the_next(player):
    daily = mission(gems=2)
    play(player, at=WEDNESDAY, times=2)
    before = wallet_of(player).gold

    first = claim(player, daily, WEDNESDAY + TICK)
    again = claim(player, daily, WEDNESDAY + TICK * 2)
    with pytest.raises(services.MissionNotCompleted):
        claim(player, daily, MIDNIGHT)
    play(player, at=MIDNIGHT, times=2)
    tomorrow = claim(player, daily, MIDNIGHT + TICK)

    assert (first.idempotent, again.idempotent, tomorrow.idempotent) == (False, True, False)
    assert first.rewards == again.rewards == {"gold": 100, "gems": 2}
    assert wallet_of(player).gold == before + 200 - 200
    keys = UserReward.objects.filter(reward_type="MISSION").values_list("idempotency_key", flat=True)
    assert set(keys) == {f"mission:{player}:{daily.pk}:2026-11-25", f"mission:{player}:{daily.pk}:2026-11-26"}


def test_a_repeat_gives_what_was_given_even_when_the_mission_was_changed(player):
    daily = mission()
    play(player, at=WEDNESDAY, times=2)
    claim(player, daily, WEDNESDAY + TICK)
    Mission.objects.filter(pk=daily.pk).update(gold=9999, target_value=50)

    again = claim(player, daily, WEDNESDAY + TICK * 2)

    assert (again.rewards, again.idempotent) == ({"gold": 100}, True)


def test_missions_off_duty_are_neither_listed_nor_paid(player):
    off = mission(is_active=False)

    assert list(missions_of("daily")) == []
    with pytest.raises(NotFound):
        claim(player, off, WEDNESDAY)


def test_any_number_of_missions_takes_two_statements(player, django_assert_num_queries):
    many = [
        mission(mission_type=kind, metric=metric) for kind in ("daily", "weekly") for metric in ("plays", "xp")
    ] * 25

    with django_assert_num_queries(2):
        states = states_of(player, many, now=WEDNESDAY)

    assert len(states) == 100
