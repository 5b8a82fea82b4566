"""Who is online: counted for five minutes, at little cost, and gone when Redis is."""

from datetime import UTC, datetime, timedelta

import pytest

from casino_club.core import presence, redis

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh_memo(monkeypatch):
    monkeypatch.setattr(presence, "_marked_at", {})


def test_a_player_is_online_for_five_minutes():
    presence.mark(1, now=NOW)
    presence.mark(2, now=NOW + timedelta(minutes=1))

    assert presence.online_count(NOW + timedelta(minutes=5)) == 2
    assert presence.online_count(NOW + timedelta(minutes=5, milliseconds=1)) == 1
    assert presence.online_count(NOW + timedelta(minutes=7)) == 0


def test_a_process_marks_a_player_at_most_every_thirty_seconds():
    due = [
        second
        for second in (0, 1, 29.999, 30, 31, 60)
        if presence.marking_of(1, now=NOW + timedelta(seconds=second)) is not None
    ]

    assert due == [0, 30, 60]


def test_old_marks_are_pruned_by_the_next():
    presence.mark(1, now=NOW)
    presence.mark(2, now=NOW + timedelta(minutes=6))

    assert redis.client().zrange(presence.KEY, 0, -1) == [b"2"]


def test_the_memo_is_bounded(monkeypatch):
    monkeypatch.setattr(presence, "REMEMBERED", 3)

    for player_id in range(10):
        presence.mark(player_id, now=NOW)

    assert len(presence._marked_at) <= 3
    assert presence.online_count(NOW) == 10


def test_a_forgotten_player_is_not_online():
    presence.mark(1, now=NOW)

    presence.forget(1)

    assert presence.online_count(NOW) == 0


def test_without_redis_nobody_is_online_and_nothing_fails(settings, monkeypatch):
    def away():
        raise redis.RedisError

    monkeypatch.setattr(redis, "client", away)

    presence.mark(1, now=NOW)

    assert presence.online_count(NOW) == 0
