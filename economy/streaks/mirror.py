"""The streak as Redis shows it: written after the commit, never asked for the truth, and free to vanish."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from redis import Redis

from casino_club.core.redis import client, quietly
from economy.streaks.rules import PROTECTED_ACTIONS, Action

LOCK_FOR = timedelta(hours=48)
ATTENDANCE_FOR = timedelta(days=120)
_LOCK = re.compile(r"user:([1-9]\d{0,17}):streak_daily_lock:([A-Z_]+):(\d{4}-\d\d-\d\d)")
# Sets each value only where Redis still holds what was seen: whoever wrote meanwhile knew better.
_EXCHANGE = """
local set = 0
for i, key in ipairs(KEYS) do
    local seen, value = ARGV[2 * i], ARGV[2 * i + 1]
    if (redis.call('GET', key) or '') == seen then
        redis.call('SET', key, value, 'EX', ARGV[1])
        set = set + 1
    end
end
return set
"""
# Which of the sets lack one of their days; in small portions, because Redis does nothing else meanwhile.
_LACKING = """
local short = {}
for i, key in ipairs(KEYS) do
    local days = {}
    for day in string.gmatch(ARGV[i], '[^,]+') do days[#days + 1] = day end
    for _, known in ipairs(redis.call('SMISMEMBER', key, unpack(days))) do
        if known == 0 then short[#short + 1] = i - 1 break end
    end
end
return short
"""
PORTION = 100


@dataclass(frozen=True, slots=True)
class Lock:
    """A daily lock that stands in Redis."""

    player_id: int
    action: Action
    date: date


@dataclass(frozen=True, slots=True)
class Shown:
    """What Redis should show of a streak; `days` are the attended ones that it remembers, YYYY-MM-DD, by commas."""

    player_id: int
    action: Action
    count: int
    held: int
    days: str


def lock_key(player_id: int, action: Action, day: date) -> str:
    """Set once the player's first tick of the day stands."""
    return f"user:{player_id}:streak_daily_lock:{action}:{day.isoformat()}"


def counter_key(player_id: int, action: Action) -> str:
    """The count of the run, 0 once it ended."""
    return f"user:{player_id}:streak:{action}"


def protection_key(player_id: int, action: Action) -> str:
    """How many protections are held; of DAILY_LOGIN alone."""
    return f"user:{player_id}:streak_protection:{action}"


def attendance_key(player_id: int, action: Action) -> str:
    """The set of days, as YYYY-MM-DD, that were attended."""
    return f"user:{player_id}:attendance:{action}"


def write_after_commit(*, player_id: int, action: Action, count: int, held: int, day: date | None = None) -> None:
    """Mirror the figures that now stand, and `day` where it was just attended."""

    def write(redis: Redis) -> None:
        pipe = redis.pipeline(transaction=False)
        for key, value in _values(player_id, action, count, held):
            pipe.set(key, value, ex=ATTENDANCE_FOR)
        if day is not None:
            pipe.set(lock_key(player_id, action, day), 1, ex=LOCK_FOR)
            pipe.sadd(attendance_key(player_id, action), day.isoformat())
            pipe.expire(attendance_key(player_id, action), ATTENDANCE_FOR)
        pipe.execute()

    transaction.on_commit(lambda: quietly(write, purpose="streak_mirror"))


def forget_after_commit(*, player_id: int) -> None:
    """Take everything of the player's streaks out of Redis."""

    def forget(redis: Redis) -> None:
        keys = [key for action in Action for key, _ in _values(player_id, action, 0, 0)]
        keys += [attendance_key(player_id, action) for action in Action]
        keys += redis.scan_iter(match=f"user:{player_id}:streak_daily_lock:*", count=1000)
        redis.delete(*keys)

    transaction.on_commit(lambda: quietly(forget, purpose="streak_mirror"))


# --- Many at once, for the repair. These raise RedisError. ------------------------------------------------------------
def locks(*, page: int) -> Iterator[list[Lock]]:
    """Every daily lock in Redis, about `page` at a time; one may come twice."""
    cursor = None
    while cursor != 0:
        cursor, keys = client().scan(cursor or 0, match="user:*:streak_daily_lock:*", count=page)
        if keys:
            yield [lock for key in keys if (lock := _read_lock(key.decode(errors="replace"))) is not None]


def locks_of(player_ids: Iterable[int], days: Sequence[date]) -> list[Lock]:
    """The daily locks of a few players."""
    asked = [Lock(player_id, action, day) for player_id in player_ids for action in Action for day in days]
    values = client().mget([lock_key(lock.player_id, lock.action, lock.date) for lock in asked]) if asked else []
    return [lock for lock, value in zip(asked, values, strict=True) if value is not None]


def drop(gone: Sequence[Lock]) -> None:
    """Take locks out of Redis."""
    if gone:
        client().delete(*[lock_key(lock.player_id, lock.action, lock.date) for lock in gone])


def lacking(streaks: Sequence[Shown], *, locked_since: date) -> tuple[list[Shown], list[Lock]]:
    """Of these streaks, those whose set of days lacks one, and the days since `locked_since` without their lock."""
    if not streaks:
        return [], []
    redis, since = client(), locked_since.isoformat()
    lacking, pipe = redis.register_script(_LACKING), redis.pipeline(transaction=False)
    portions = [streaks[start : start + PORTION] for start in range(0, len(streaks), PORTION)]
    for portion in portions:
        keys = [attendance_key(streak.player_id, streak.action) for streak in portion]
        lacking(keys, [streak.days for streak in portion], client=pipe)
    locks = [
        Lock(streak.player_id, streak.action, date.fromisoformat(day))
        for streak in streaks
        for day in streak.days.rsplit(",", 2)[-2:]
        if day >= since
    ]
    if locks:
        pipe.mget([lock_key(lock.player_id, lock.action, lock.date) for lock in locks])
    answers = pipe.execute()
    standing = answers.pop() if locks else []
    short = [portion[place] for portion, places in zip(portions, answers, strict=True) for place in places]
    return short, [lock for lock, value in zip(locks, standing, strict=True) if value is None]


def add(short: Sequence[Shown], locks: Sequence[Lock]) -> None:
    """Add the days and set the locks. What was attended stays attended: whoever ticks meanwhile loses nothing by it."""
    if not short and not locks:
        return
    pipe = client().pipeline(transaction=False)
    for streak in short:
        key = attendance_key(streak.player_id, streak.action)
        pipe.sadd(key, *streak.days.split(","))
        pipe.expire(key, ATTENDANCE_FOR)
    for lock in locks:
        pipe.set(lock_key(lock.player_id, lock.action, lock.date), 1, ex=LOCK_FOR, nx=True)
    pipe.execute()


def values_off(streaks: Sequence[Shown]) -> dict[str, bytes]:
    """The counters and protections that Redis shows otherwise, each with what it shows (empty for nothing)."""
    wanted = dict(pair for s in streaks for pair in _values(s.player_id, s.action, s.count, s.held))
    seen = client().mget(list(wanted)) if wanted else []
    return {
        key: value or b"" for (key, right), value in zip(wanted.items(), seen, strict=True) if value != b"%d" % right
    }


def exchange(seen: dict[str, bytes], streaks: Sequence[Shown]) -> int:
    """Set the values of these streaks where Redis still shows what was `seen`; how many were set."""
    wanted = dict(pair for s in streaks for pair in _values(s.player_id, s.action, s.count, s.held))
    changing = [key for key in seen if key in wanted]
    if not changing:
        return 0
    pairs = [part for key in changing for part in (seen[key], wanted[key])]
    return client().eval(_EXCHANGE, len(changing), *changing, int(ATTENDANCE_FOR.total_seconds()), *pairs)


def _values(player_id: int, action: Action, count: int, held: int) -> list[tuple[str, int]]:
    values = [(counter_key(player_id, action), count)]
    return [*values, (protection_key(player_id, action), held)] if action in PROTECTED_ACTIONS else values


def _read_lock(key: str) -> Lock | None:
    parts = _LOCK.fullmatch(key)
    if parts is None or parts[2] not in Action.__members__:
        return None
    try:
        return Lock(int(parts[1]), Action(parts[2]), date.fromisoformat(parts[3]))
    except ValueError:
        return None
