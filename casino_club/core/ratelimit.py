"""Rates, counted atomically in Redis; without Redis nobody is refused (and it is counted).

Small limits are exact (each request's moment is kept); large ones are two counters of a sliding window.
"""

from functools import lru_cache

from django.conf import settings
from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter, RateLimiter, SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError

from casino_club.core import clock, metrics
from casino_club.core.errors import RateLimited

_refused = metrics.counter("rate_limited_total", "Requests refused by a rate.", ["rate"])
_unavailable = metrics.counter("ratelimit_unavailable_total", "Requests let through because Redis was away.")


EXACT_UP_TO = 100


@lru_cache
def _limiter(url: str, exact: bool) -> RateLimiter:
    strategy = MovingWindowRateLimiter if exact else SlidingWindowCounterRateLimiter
    return strategy(RedisStorage(url, socket_timeout=2, socket_connect_timeout=2))


def hit(name: str, subject: object, limit: int, per_seconds: int) -> None:
    """Count one request of `subject` under the rate `name`. Raises RateLimited with its `retry_after` in seconds."""
    rate = RateLimitItemPerSecond(limit, per_seconds, namespace="rate")
    limiter = _limiter(settings.REDIS_URL, limit <= EXACT_UP_TO)
    try:
        if limiter.hit(rate, name, str(subject)):
            return
        reset_at = limiter.get_window_stats(rate, name, str(subject)).reset_time
    except RedisError:
        _unavailable.inc()
        return
    _refused.labels(name).inc()
    raise RateLimited(retry_after=_seconds_until(reset_at, per_seconds))


def _seconds_until(reset_at: float, per_seconds: int) -> int:
    # The library tells the moment by the system's clock; only the distance is of use, bounded by the window.
    return max(1, min(per_seconds, round(reset_at - clock.now().timestamp())))
