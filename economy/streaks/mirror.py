"""The streak as Redis shows it: written after the commit, never asked for the truth, and free to vanish."""

from datetime import date, timedelta

from django.db import transaction
from redis import Redis

from casino_club.core.redis import quietly
from economy.streaks.rules import Action

LOCK_FOR = timedelta(hours=48)
ATTENDANCE_FOR = timedelta(days=120)


def lock_key(player_id: int, action: Action, day: date) -> str:
    """Set once the player's first tick of the day stands."""
    return f"user:{player_id}:streak_daily_lock:{action}:{day.isoformat()}"


def counter_key(player_id: int, action: Action) -> str:
    """The count of the latest run."""
    return f"user:{player_id}:streak:{action}"


def attendance_key(player_id: int, action: Action) -> str:
    """The set of days, as YYYY-MM-DD, that count."""
    return f"user:{player_id}:attendance:{action}"


def write_after_commit(*, player_id: int, action: Action, day: date, count: int) -> None:
    """Mirror a day that was just attended and the count that now stands."""

    def write(redis: Redis) -> None:
        pipe = redis.pipeline(transaction=False)
        pipe.set(lock_key(player_id, action, day), 1, ex=LOCK_FOR)
        pipe.set(counter_key(player_id, action), count, ex=ATTENDANCE_FOR)
        pipe.sadd(attendance_key(player_id, action), day.isoformat())
        pipe.expire(attendance_key(player_id, action), ATTENDANCE_FOR)
        pipe.execute()

    transaction.on_commit(lambda: quietly(write, purpose="streak_mirror"))
