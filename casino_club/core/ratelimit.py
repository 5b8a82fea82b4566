"""Rates, counted atomically in Redis; without Redis nobody is refused (and it is counted).

Small limits are exact (each request's moment is kept); large ones are two counters of a sliding window.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter, SlidingWindowCounterRateLimiter
from redis.client import Pipeline
from redis.exceptions import NoScriptError, RedisError

from casino_club.core import clock, metrics, redis
from casino_club.core.errors import RateLimited

_refused = metrics.counter("rate_limited_total", "Requests refused by a rate.", ["rate"])

EXACT_UP_TO = 100


class Rate(NamedTuple):
    """At most `limit` requests of a subject in `seconds`."""

    name: str
    limit: int
    seconds: int


class _Counters(RedisStorage):
    """The library's counters, of which several can be counted in one round trip."""

    def hit(self, rates: Sequence[Rate], subject: str, beside: Callable[[Pipeline], None] | None) -> list[bool]:
        """Which of the rates had room for one request more. They count it."""
        try:
            return self._send(rates, subject, beside)
        except NoScriptError:  # Redis was started anew. A rate whose script it has again by now counts twice, once.
            for script in (self.lua_acquire_moving_window, self.lua_acquire_sliding_window):
                self.get_connection().script_load(script.script)
            return self._send(rates, subject, beside)

    def reset_at(self, rate: Rate, subject: str) -> float:
        """When there is room again, in seconds of the system's clock."""
        strategy = MovingWindowRateLimiter if _is_exact(rate) else SlidingWindowCounterRateLimiter
        return strategy(self).get_window_stats(_item(rate), rate.name, subject).reset_time

    def _send(self, rates: Sequence[Rate], subject: str, beside: Callable[[Pipeline], None] | None) -> list[bool]:
        with self.get_connection().pipeline(transaction=False) as pipe:
            for rate in rates:
                key = _item(rate).key_for(rate.name, subject)
                if _is_exact(rate):
                    script, keys = self.lua_acquire_moving_window, [self.prefixed_key(key)]
                    values = [clock.now().timestamp(), rate.limit, rate.seconds, 1]
                else:
                    windows = self._previous_window_key(key), self._current_window_key(key)
                    script, keys = self.lua_acquire_sliding_window, [self.prefixed_key(window) for window in windows]
                    values = [rate.limit, rate.seconds, 1]
                pipe.evalsha(script.sha, len(keys), *keys, *values)
            if beside is not None:
                beside(pipe)
            answers = pipe.execute(raise_on_error=False)
        counted, others = answers[: len(rates)], answers[len(rates) :]
        for answer in counted:
            if isinstance(answer, RedisError):
                raise answer
        for answer in others:
            if isinstance(answer, RedisError):
                redis.done_without(answer, purpose="beside_rates")
        return [bool(answer) for answer in counted]


def hit(name: str, subject: object, limit: int, per_seconds: int) -> None:
    """Count one request of `subject` under the rate `name`. Raises RateLimited with its `retry_after` in seconds."""
    hit_all([Rate(name, limit, per_seconds)], subject)


def hit_all(rates: Sequence[Rate], subject: object, *, beside: Callable[[Pipeline], None] | None = None) -> None:
    """Count one request under each of the rates in one round trip, in which `beside` may send something of its own.

    Raises RateLimited for the first that has no room.
    """
    counters, subject = _counters(settings.REDIS_URL), str(subject)
    try:
        had_room = counters.hit(rates, subject, beside)
        if all(had_room):
            return
        full = rates[had_room.index(False)]
        reset_at = counters.reset_at(full, subject)
    except RedisError as error:
        redis.done_without(error, purpose="rates")
        return
    _refused.labels(full.name).inc()
    raise RateLimited(retry_after=_seconds_until(reset_at, full.seconds))


@lru_cache
def _counters(url: str) -> _Counters:
    return _Counters(url, socket_timeout=2, socket_connect_timeout=2)


def _is_exact(rate: Rate) -> bool:
    return rate.limit <= EXACT_UP_TO


@lru_cache
def _item(rate: Rate) -> RateLimitItem:
    return RateLimitItemPerSecond(rate.limit, rate.seconds, namespace="rate")


def _seconds_until(reset_at: float, per_seconds: int) -> int:
    # The library tells the moment by the system's clock; only the distance is of use, bounded by the window.
    return max(1, min(per_seconds, round(reset_at - clock.now().timestamp())))
