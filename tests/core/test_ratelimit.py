"""Rates refuse what is beyond them and nothing within; a repeat of an act is never too fast."""

import time

import pytest
from django.conf import settings
from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter, SlidingWindowCounterRateLimiter
from redis.client import Pipeline

from casino_club.core import ratelimit, redis
from casino_club.core.errors import RateLimited
from casino_club.core.ratelimit import Rate
from tests import factories


@pytest.fixture
def redis_trips(monkeypatch):
    """How many commands each round trip of a pipeline had, once Redis knows the scripts."""
    ratelimit.hit("scripts", "known", 1, 1)
    trips = []
    send = Pipeline.execute

    def counted(pipe, *args, **kwargs):
        trips.append(len(pipe.command_stack))
        return send(pipe, *args, **kwargs)

    monkeypatch.setattr(Pipeline, "execute", counted)
    return trips


def test_a_small_limit_is_exact():
    for _ in range(20):
        ratelimit.hit("bets", "somebody", 20, 1)

    with pytest.raises(RateLimited) as refusal:
        ratelimit.hit("bets", "somebody", 20, 1)
    assert refusal.value.retry_after == 1


def test_a_second_after_a_burst_the_whole_limit_is_there_again():
    for _ in range(16):
        ratelimit.hit("bets", "somebody", 20, 1)
    time.sleep(1.05)

    for _ in range(20):
        ratelimit.hit("bets", "somebody", 20, 1)


def test_a_limit_is_of_one_subject_and_one_name():
    ratelimit.hit("a", "somebody", 1, 60)

    ratelimit.hit("a", "somebody else", 1, 60)
    ratelimit.hit("b", "somebody", 1, 60)


def test_several_rates_are_counted_in_one_round_trip_and_the_first_without_room_refuses(redis_trips):
    rates = [Rate("all", 1000, 60), Rate("bets", 2, 1), Rate("few", 1, 30)]
    ratelimit.hit_all(rates, "somebody")
    assert redis_trips == [3]

    with pytest.raises(RateLimited) as refusal:
        ratelimit.hit_all(rates, "somebody")
    assert 25 <= refusal.value.retry_after <= 30
    with pytest.raises(RateLimited) as refusal:
        ratelimit.hit_all(rates, "somebody")
    assert refusal.value.retry_after == 1


@pytest.mark.parametrize(
    ("limit", "strategy"), [(3, MovingWindowRateLimiter), (ratelimit.EXACT_UP_TO + 1, SlidingWindowCounterRateLimiter)]
)
def test_what_the_library_counts_by_itself_is_counted_by_us_too(limit, strategy):
    item = RateLimitItemPerSecond(limit, 60, namespace="rate")
    library = strategy(RedisStorage(settings.REDIS_URL))
    for _ in range(limit - 1):
        assert library.hit(item, "shared", "somebody")

    ratelimit.hit("shared", "somebody", limit, 60)

    with pytest.raises(RateLimited):
        ratelimit.hit("shared", "somebody", limit, 60)
    assert not library.hit(item, "shared", "somebody")


def test_what_fails_beside_leaves_the_rates_in_force():
    redis.client().set("a-text", "no set")

    def beside(pipe):
        pipe.zadd("a-text", {"somebody": 1})

    ratelimit.hit_all([Rate("once", 1, 60)], "somebody", beside=beside)
    with pytest.raises(RateLimited):
        ratelimit.hit_all([Rate("once", 1, 60)], "somebody", beside=beside)


def test_what_is_sent_beside_is_done_even_if_a_rate_refuses():
    def beside(pipe):
        pipe.incr("beside")

    ratelimit.hit_all([Rate("once", 1, 60)], "somebody", beside=beside)
    with pytest.raises(RateLimited):
        ratelimit.hit_all([Rate("once", 1, 60)], "somebody", beside=beside)

    assert redis.client().get("beside") == b"2"


def test_a_redis_that_was_started_anew_counts_on():
    ratelimit.hit("bets", "somebody", 1, 60)
    redis.client().script_flush()

    ratelimit.hit("bets", "somebody else", 1, 60)
    with pytest.raises(RateLimited):
        ratelimit.hit("bets", "somebody", 1, 60)


@pytest.mark.django_db
def test_a_repeat_of_a_bet_gets_its_answer_however_fast_it_comes(client, settings):
    settings.RATE_BETS_PER_SECOND = 1
    headers = {**factories.bearer(factories.player()), "Idempotency-Key": "the-first-spin"}

    def spin(bet, key="the-first-spin"):
        body = {"bet_amount": bet, "lines": 20}
        return client.post(
            "/api/games/slot/spin", body, content_type="application/json", headers={**headers, "Idempotency-Key": key}
        )

    first, again, another, fresh = spin(20), spin(20), spin(40), spin(20, "the-second-spin")

    assert (again.status_code, again.content) == (200, first.content)
    assert (another.status_code, another.json()["error"]) == (422, "idempotency_key_reused")
    assert (fresh.status_code, fresh.json()["error"]) == (429, "rate_limited")
