"""Whether beat schedules and a worker works: a mark in Redis, written by a task that beat sends every 10 s."""

from datetime import datetime

from casino_club.core import redis

KEY = "worker:heartbeat"
FRESH_SECONDS = 60


def beat(*, now: datetime) -> None:
    """Leave the mark; it fades after a minute."""
    redis.quietly(lambda client: client.set(KEY, now.isoformat(), ex=FRESH_SECONDS), purpose="heartbeat")


def is_alive() -> bool:
    """Whether a mark of the last minute is there."""
    return bool(redis.quietly(lambda client: client.exists(KEY), purpose="heartbeat", otherwise=0))
