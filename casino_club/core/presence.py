"""Who is online: a mark in Redis for each player of the last five minutes, written at most every 30 s by a process."""

from datetime import datetime, timedelta

from casino_club.core import redis

KEY = "presence:online"
ONLINE_FOR = timedelta(minutes=5)
MARK_EVERY = timedelta(seconds=30)
REMEMBERED = 50_000

# When this process last marked whom, so that a request in between costs nothing.
_marked_at: dict[int, datetime] = {}


def mark(player_id: int, *, now: datetime) -> None:
    """Note that the player is here. One round trip when due; without Redis nobody is online, and nothing fails."""
    last = _marked_at.get(player_id)
    if last is not None and last <= now < last + MARK_EVERY:
        return
    if len(_marked_at) >= REMEMBERED:
        _marked_at.clear()
    _marked_at[player_id] = now
    redis.quietly(lambda client: _write(client, player_id, now), purpose="presence")


def forget(player_id: int) -> None:
    """Take the player out of the list."""
    redis.quietly(lambda client: client.zrem(KEY, player_id), purpose="presence")


def online_count(now: datetime, *, otherwise: int | None = 0) -> int | None:
    """How many players made a request in the last five minutes; `otherwise` when Redis cannot say."""
    since = (now - ONLINE_FOR).timestamp()
    return redis.quietly(lambda client: client.zcount(KEY, since, "+inf"), purpose="presence", otherwise=otherwise)


def _write(client, player_id: int, now: datetime) -> None:
    with client.pipeline(transaction=False) as pipe:
        pipe.zadd(KEY, {player_id: now.timestamp()})
        pipe.zremrangebyscore(KEY, "-inf", f"({(now - ONLINE_FOR).timestamp()}")
        pipe.execute()
