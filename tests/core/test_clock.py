"""Game days are calendar days of GAME_TIMEZONE."""

from datetime import UTC, date, datetime

import pytest

from casino_club.core import clock


def test_a_game_day_changes_at_midnight_of_the_game_time_zone(settings):
    settings.GAME_TIMEZONE = "Asia/Seoul"

    assert clock.game_date(datetime(2026, 11, 23, 14, 59, 59, 999999, tzinfo=UTC)) == date(2026, 11, 23)
    assert clock.game_date(datetime(2026, 11, 23, 15, 0, tzinfo=UTC)) == date(2026, 11, 24)


def test_the_reset_is_the_start_of_the_next_game_day(settings):
    settings.GAME_TIMEZONE = "Asia/Seoul"
    now = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)

    assert clock.next_reset(now) == datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day"), [("America/Sao_Paulo", date(2018, 11, 4)), ("Europe/Berlin", date(2026, 3, 29))]
)
def test_a_day_whose_midnight_is_skipped_starts_on_that_day(settings, zone, day):
    settings.GAME_TIMEZONE = zone

    assert clock.game_date(clock.game_day_start(day)) == day


def test_a_week_starts_on_monday():
    assert clock.week_start(date(2026, 11, 29)) == date(2026, 11, 23)
    assert clock.week_start(date(2026, 11, 23)) == date(2026, 11, 23)


def test_moments_are_written_in_utc_with_milliseconds_and_z():
    assert clock.iso(datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC)) == "2026-11-23T01:02:03.456Z"
