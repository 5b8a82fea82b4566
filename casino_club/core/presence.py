"""Who is online: a mark in Redis for each player of the last five minutes, written at most every 30 s by a process.

A player is, as in every figure of players, an account that is not an operator's: whoever marks knows from the session.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from redis import Redis
from redis.client import Pipeline

from casino_club.core import redis

KEY = "presence:online"
ONLINE_FOR = timedelta(minutes=5)
MARK_EVERY = timedelta(seconds=30)
REMEMBERED = 50_000

# When this process last marked whom, so that a request in between costs nothing.
_marked_at: dict[int, datetime] = {}


def mark(player_id: int, *, now: datetime) -> None:
    """Note that the player is here. One round trip when due; without Redis nobody is online, and nothing fails."""
    marking = marking_of(player_id, now=now)
    if marking is not None:
        redis.quietly(lambda client: _write(client, marking), purpose="presence")


def marking_of(player_id: int, *, now: datetime) -> Callable[[Pipeline], None] | None:
    """The mark that is due, for a caller who has more to send and sends it along; None when none is due."""
    last = _marked_at.get(player_id)
    if last is not None and last <= now < last + MARK_EVERY:
        return None
    if len(_marked_at) >= REMEMBERED:
        _marked_at.clear()
    _marked_at[player_id] = now

    def marking(pipe: Pipeline) -> None:
        pipe.zadd(KEY, {player_id: now.timestamp()})
        pipe.zremrangebyscore(KEY, "-inf", f"({(now - ONLINE_FOR).timestamp()}")

    return marking


def forget(player_id: int) -> None:
    """Take the player out of the list."""
    redis.quietly(lambda client: client.zrem(KEY, player_id), purpose="presence")


def online_count(now: datetime, *, otherwise: int | None = 0) -> int | None:
    """How many players made a request in the last five minutes; `otherwise` when Redis cannot say."""
    since = (now - ONLINE_FOR).timestamp()
    return redis.quietly(lambda client: client.zcount(KEY, since, "+inf"), purpose="presence", otherwise=otherwise)


def _write(client: Redis, marking: Callable[[Pipeline], None]) -> None:
    with client.pipeline(transaction=False) as pipe:
        marking(pipe)
        pipe.execute()
