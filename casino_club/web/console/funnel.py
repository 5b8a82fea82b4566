"""How far new players come: visit, sign-up, first bet, back on the next game day; and what browsers tell most."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from accounts.telemetry.models import DailyVisits, TelemetryEvent
from casino_club.core import clock

DAYS = 28
MOST = 20
KEPT_SECONDS = 300

# Players who signed up in the window; a bet is a row of the player's statistics, a return a day in the attendance book.
_COHORT = """
    SELECT count(*),
           count(*) FILTER (WHERE EXISTS (SELECT 1 FROM user_game_stats AS s WHERE s.user_id = u.id)),
           count(*) FILTER (WHERE EXISTS (
               SELECT 1 FROM economy_attendanceday AS a
                WHERE a.player_id = u.id AND a.source = 'tick'
                  AND a.date = (u.created_at AT TIME ZONE %(zone)s)::date + 1))
      FROM accounts_user AS u
     WHERE u.created_at >= %(since)s AND u.created_at < %(until)s AND NOT u.is_staff
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the funnel: how many got there, and the share of the step before in tenths of a percent."""

    label: str
    count: int
    permille: int | None

    @property
    def percent(self) -> str:
        return "–" if self.permille is None else f"{self.permille // 10}.{self.permille % 10} %"


def top_events(*, now: datetime) -> list[dict]:
    """The most frequent events of seven days, each counted for all that it stands for."""

    def count() -> list[dict]:
        told = TelemetryEvent.objects.filter(received_at__gte=now - timedelta(days=7)).values("name")
        return list(told.annotate(times=Sum("stands_for")).order_by("-times", "name")[:MOST])

    return cache.get_or_set("console:telemetry:v1", count, KEPT_SECONDS)


def funnel(*, now: datetime) -> list[Step]:
    """The funnel of the 28 game days that end with yesterday, so that everybody in it had a next day to come back on."""
    return cache.get_or_set("console:funnel:v2", lambda: _funnel(now), KEPT_SECONDS)


def _funnel(now: datetime) -> list[Step]:
    last = clock.game_date(now) - timedelta(days=1)
    first = last - timedelta(days=DAYS - 1)
    visits = DailyVisits.objects.filter(date__range=(first, last)).aggregate(visitors=Sum("visitors"))["visitors"] or 0
    window = {
        "zone": clock.game_zone().key,
        "since": clock.game_day_start(first),
        "until": clock.game_day_start(last + timedelta(days=1)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_COHORT, window)
        signed_up, bet, returned = cursor.fetchone()
    counts = [
        (_("Opened the home page signed out (browsers of each day, within about 1 %)"), visits),
        (_("Signed up"), signed_up),
        (_("Placed a bet"), bet),
        (_("Came back on the next game day"), returned),
    ]
    before = [None, visits, signed_up, signed_up]
    return [
        Step(label, count, count * 1000 // earlier if earlier else None)
        for (label, count), earlier in zip(counts, before, strict=True)
    ]
