"""Live boards in Redis: sorted sets filled from the books, brought up to date by readers, free to vanish.

A member is a player's number in 19 digits, its score the ranking's score negated: ascending order is then the board's
own, the higher score first and among equals the older account.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from redis import Redis

from casino_club.core import clock
from casino_club.core.redis import client
from games.rankings import scores
from games.rankings.rules import FRESH_FOR, NEIGHBOURS, TOP, Metric, Period

KEPT_AFTER_END = timedelta(days=3)
BUILT_AGAIN_AFTER = timedelta(hours=1)
LATELY = timedelta(minutes=30)
BATCH = 5_000
LOCK_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Place:
    rank: int
    player_id: int
    score: int


@dataclass(frozen=True, slots=True)
class Board:
    """The first places, the asking player's own with its neighbours, and how many stand on the board."""

    top: list[Place]
    me: Place | None
    neighbours: list[Place]
    players: int
    as_of: datetime


def read(period: Period, metric: Metric, *, player_id: int, score: int | None, now: datetime) -> Board:
    """The board, fresh enough; the asking player stands on it with `score`. Raises RedisError."""
    redis, key = client(), key_of(period, metric)
    as_of = _bring_up_to_date(redis, period, metric, now)
    if score is not None:
        redis.zadd(key, {member_of(player_id): -score})
    pipe = redis.pipeline(transaction=False)
    pipe.zrange(key, 0, TOP - 1, withscores=True)
    pipe.zcard(key)
    pipe.zrank(key, member_of(player_id))
    top, players, position = pipe.execute()
    me, neighbours = None, []
    if position is not None:
        first = max(0, position - NEIGHBOURS)
        neighbours = _places(redis.zrange(key, first, position + NEIGHBOURS, withscores=True), first)
        me = next((place for place in neighbours if place.player_id == player_id), None)
    return Board(_places(top, 0), me, neighbours, players, as_of)


def rebuild(period: Period, metric: Metric, *, now: datetime) -> int:
    """Fill the board anew from the books, swapped in at once; how many stand on it. Raises RedisError."""
    redis, key = client(), key_of(period, metric)
    fresh = f"{key}:new:{clock.iso(now)}"
    redis.delete(fresh)
    _add(redis, fresh, scores.of_all(period, metric))
    players = redis.zcard(fresh)
    pipe = redis.pipeline()
    if players:
        pipe.rename(fresh, key)
    else:
        pipe.delete(key)
    pipe.hset(f"{key}:state", mapping={"at": clock.iso(now), "built": clock.iso(now)})
    _expire(pipe, key, period, now)
    pipe.execute()
    return players


def key_of(period: Period, metric: Metric) -> str:
    return f"rank:{period.span}:{period.key}:{metric}"


def member_of(player_id: int) -> str:
    return f"{player_id:019d}"


def _bring_up_to_date(redis: Redis, period: Period, metric: Metric, now: datetime) -> datetime:
    """When the board was last brought up to date: now, if it was due and nobody else is doing it."""
    key = key_of(period, metric)
    state = redis.hgetall(f"{key}:state")
    at = _moment(state.get(b"at"))
    if at and now - at < FRESH_FOR[period.span]:
        return at
    if not redis.set(f"{key}:lock", 1, nx=True, ex=LOCK_SECONDS) and at:
        return at
    try:
        built = _moment(state.get(b"built"))
        if built is None or now - built > BUILT_AGAIN_AFTER or not redis.exists(key):
            rebuild(period, metric, now=now)
        else:
            _add(redis, key, scores.of_players_since(period, metric, at - LATELY))
            pipe = redis.pipeline()
            pipe.hset(f"{key}:state", "at", clock.iso(now))
            _expire(pipe, key, period, now)
            pipe.execute()
    finally:
        redis.delete(f"{key}:lock")
    return now


def _add(redis: Redis, key: str, found) -> None:
    batch: dict[str, int] = {}
    for player_id, score in found:
        batch[member_of(player_id)] = -score
        if len(batch) == BATCH:
            redis.zadd(key, batch)
            batch = {}
    if batch:
        redis.zadd(key, batch)


def _expire(pipe, key: str, period: Period, now: datetime) -> None:
    for name in (key, f"{key}:state"):
        pipe.expire(name, period.ends_at + KEPT_AFTER_END - now)


def _places(found: list[tuple[bytes, float]], first: int) -> list[Place]:
    return [Place(first + number, int(member), -int(score)) for number, (member, score) in enumerate(found, start=1)]


def _moment(text: bytes | None) -> datetime | None:
    return datetime.fromisoformat(text.decode()) if text else None
