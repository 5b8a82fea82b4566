"""Samples of the players online: taken by beat, once each five minutes however many times it calls; kept for 400 days."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from casino_club.core import presence
from casino_club.web.console.models import OnlineSample

EVERY = timedelta(minutes=5)
KEPT_FOR = timedelta(days=400)

_BY_BUCKET = """
    SELECT date_trunc(%(unit)s, at, %(zone)s), max(players), round(avg(players))::int
      FROM web_onlinesample WHERE at >= %(since)s AND at < %(until)s GROUP BY 1 ORDER BY 1
"""


def take(*, now: datetime) -> None:
    """Note how many players are online; a repeat within the same five minutes changes nothing."""
    at = now - timedelta(minutes=now.minute % 5, seconds=now.second, microseconds=now.microsecond)
    sample = OnlineSample(at=at, players=presence.online_count(now))
    OnlineSample.objects.bulk_create([sample], ignore_conflicts=True)
    OnlineSample.objects.filter(at__lt=now - KEPT_FOR).delete()


def most_and_mean(*, since: datetime, until: datetime, by: str) -> dict[datetime, tuple[int, int]]:
    """The most players at once and their mean in each hour or game day, by its beginning; of sampled ones only."""
    parameters = {"unit": by, "zone": settings.GAME_TIMEZONE if by == "day" else "UTC", "since": since, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(_BY_BUCKET, parameters)
        return {start: (most, mean) for start, most, mean in cursor.fetchall()}


def near(*moments: datetime) -> dict[datetime, int]:
    """The sample of the five minutes that each moment falls into, of those that were taken."""
    wanted = {moment - (moment - datetime.min.replace(tzinfo=moment.tzinfo)) % EVERY: moment for moment in moments}
    found = OnlineSample.objects.filter(at__in=wanted).values_list("at", "players")
    return {wanted[at]: players for at, players in found}
