"""What the house's tables did of late, by the rounds' own indexes and never by reading more than minutes of them."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Count, F

from casino_club.core import redis
from games.rounds.models import Round

MINUTE = timedelta(minutes=1)
CLOSED_AFTER = 2 * MINUTE
"""A minute's count is final this long after its end: by then the last transaction that began in it has ended."""
KEPT_SECONDS = 2 * 3600
PURPOSE = "rounds_by_minute"

_AROUND = """
    SELECT count(*) FROM games_round
     WHERE game = %(game)s
       AND (created_at >= %(start)s AND created_at < %(first)s OR created_at >= %(last)s)
"""
_BY_MINUTE = """
    SELECT date_trunc('minute', created_at), count(*) FROM games_round
     WHERE game = %(game)s AND created_at >= %(start)s AND created_at < %(end)s GROUP BY 1
"""


def rounds_in_last_hour(game: str, *, now: datetime) -> int:
    """How many rounds of a game began in the last 60 minutes, free ones included.

    Minutes that are over are counted once and remembered in Redis; without it the whole hour is counted.
    """
    start = now - timedelta(hours=1)
    first, last = _minute_of(start) + MINUTE, _minute_of(now - CLOSED_AFTER)
    minutes = [first + number * MINUTE for number in range((last - first) // MINUTE)]
    return _around(game, start, first, last) + sum(_closed_minutes(game, minutes))


def big_wins_in_last_hour(*, now: datetime) -> int:
    """How many rounds of the last 60 minutes paid `BIG_WIN_THRESHOLD_GOLD` or more, and more than their bet."""
    return Round.objects.filter(
        status=Round.Status.SETTLED,
        settled_at__gte=now - timedelta(hours=1),
        win__gte=settings.BIG_WIN_THRESHOLD_GOLD,
        win__gt=F("bet"),
    ).count()


def players_since(moment: datetime) -> int:
    """How many players began a round since then."""
    return Round.objects.filter(created_at__gte=moment).aggregate(players=Count("player", distinct=True))["players"]


def _closed_minutes(game: str, minutes: list[datetime]) -> list[int]:
    keys = [f"rounds:minute:{game}:{minute:%Y%m%d%H%M}" for minute in minutes]
    known = redis.quietly(lambda client: client.mget(keys), purpose=PURPOSE) or [None] * len(keys)
    unknown = [minute for minute, count in zip(minutes, known, strict=True) if count is None]
    if not unknown:
        return [int(count) for count in known]
    counted = _by_minute(game, unknown[0], unknown[-1] + MINUTE)
    counts = [
        int(count) if count is not None else counted.get(minute, 0)
        for minute, count in zip(minutes, known, strict=True)
    ]

    def remember(client) -> None:
        with client.pipeline(transaction=False) as pipe:
            for key, count, before in zip(keys, counts, known, strict=True):
                if before is None:
                    pipe.set(key, count, ex=KEPT_SECONDS)
            pipe.execute()

    redis.quietly(remember, purpose=PURPOSE)
    return counts


def _around(game: str, start: datetime, first: datetime, last: datetime) -> int:
    """The rounds before the first whole minute and after the last closed one."""
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, {"game": game, "start": start, "first": first, "last": last})
        return cursor.fetchone()[0]


def _by_minute(game: str, start: datetime, end: datetime) -> dict[datetime, int]:
    with connection.cursor() as cursor:
        cursor.execute(_BY_MINUTE, {"game": game, "start": start, "end": end})
        return dict(cursor.fetchall())


def _minute_of(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
