"""Redis: a fast path, a mirror or a counter. It may be flushed or gone at any moment; no value lives only there."""

from collections.abc import Callable

import structlog
from django_redis import get_redis_connection
from redis import Redis
from redis.exceptions import RedisError

from casino_club.core import metrics

log = structlog.get_logger(__name__)
_failures = metrics.counter("redis_failures_total", "Redis calls that failed and were done without.", ["purpose"])


def client() -> Redis:
    """The process's Redis client (bytes in, bytes out)."""
    return get_redis_connection("default")


def quietly(act: Callable[[Redis], object], *, purpose: str, otherwise: object = None) -> object:
    """What `act(client)` gives, or `otherwise` when Redis cannot be reached (counted by `purpose`, logged)."""
    try:
        return act(client())
    except RedisError as error:
        done_without(error, purpose=purpose)
        return otherwise


def done_without(error: RedisError, *, purpose: str) -> None:
    """Count and log a call that failed and was done without."""
    _failures.labels(purpose).inc()
    log.warning("redis_unavailable", purpose=purpose, error=type(error).__name__)
