"""What bench/events.py asks of Django: a house of a million players, and how long its events take."""

import resource
import time
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from casino_club.core import clock
from economy.seasons.services import Tier, schedule
from events.battlepass import services as battlepass
from events.live import operations, services
from events.live.cards import cards_for
from events.live.models import Event, Participation
from events.live.rules import Asked, Draft
from events.participants import export

PLAYERS = 1_000_000
EVENTS = 1000
ACTIVE = 2000
EARNERS = 20_000
DAY = timedelta(days=1)
ME = 1


def sql(statement: str, **parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(statement, parameters)


def generate() -> None:
    """Players with wallets, 1,000 events that run for thirty days yet, and a month of my own play."""
    now = clock.now()
    started = time.monotonic()
    sql(
        """
        INSERT INTO accounts_user (id, password, is_superuser, is_staff, is_active, site_id, nickname,
                                   must_change_password, created_at, language)
        SELECT n, '!', false, false, true, 'bench' || n, '벤치' || n, false, %(now)s, ''
          FROM generate_series(1, %(players)s) AS n
        """,
        now=now,
        players=PLAYERS,
    )
    sql("INSERT INTO economy_wallet (player_id, gold, gems, xp, vip_points) SELECT id, 0, 0, 0, 0 FROM accounts_user")
    for number in range(EVENTS):
        draft = Draft(
            title=f"이벤트 {number}",
            start_date=now - 30 * DAY,
            end_date=now + 30 * DAY,
            requirements=(Asked("plays", 10**9), Asked("wins", 10**9)) if number else (Asked("xp", 500),),
            rewards={"gold": 100},
            priority=EVENTS - number,
        )
        operations.create(draft=draft, operator_id=None, now=now)
    sql(
        """
        INSERT INTO economy_tally (player_id, asset, reason, hour, entries, units, amount)
        SELECT %(me)s, 'gold', reason, hour, 200, 200, amount
          FROM generate_series(date_trunc('hour', %(now)s) - interval '30 days', date_trunc('hour', %(now)s)
                               - interval '1 hour', '1 hour') AS hour,
               (VALUES ('slot.bet', -20000), ('slot.win', 19000), ('crash.bet', -9000)) AS r (reason, amount)
        """,
        me=ME,
        now=now,
    )
    print(f"generated {PLAYERS:,} players and {EVENTS:,} events in {time.monotonic() - started:.0f} s", flush=True)


def measure() -> None:
    """Fill the hot event up to everybody, join all events myself, and measure."""
    now = clock.now()
    hot = Event.objects.get(priority=EVENTS)
    sql(
        """
        INSERT INTO events_participation (event_id, player_id, joined_at, is_forced)
        SELECT %(event)s, id, %(joined)s, false FROM accounts_user ON CONFLICT DO NOTHING
        """,
        event=hot.pk,
        joined=now - 2 * DAY,
    )
    sql(
        """
        INSERT INTO events_participation (event_id, player_id, joined_at, is_forced)
        SELECT id, %(me)s, %(now)s - id * interval '37 minutes', false FROM events_event ON CONFLICT DO NOTHING
        """,
        me=ME,
        now=now,
    )
    sql("DELETE FROM events_eventcount")
    sql(
        """
        INSERT INTO events_eventcount (event_id, shard, joined, completed, claimed)
        SELECT event_id, player_id % 32, count(*), 0, 0 FROM events_participation GROUP BY 1, 2
        """.replace("%", "%%")
    )
    sql(
        """
        INSERT INTO economy_tally (player_id, asset, reason, hour, entries, units, amount)
        SELECT n, 'xp', 'play.xp', date_trunc('hour', %(now)s), 50, 50, 500
          FROM generate_series(%(first)s, %(last)s) AS n
        """,
        now=now - timedelta(hours=1),
        first=PLAYERS - ACTIVE + 1,  # the first players joined during the bench, after this play
        last=PLAYERS,
    )
    sql("ANALYZE")
    participations = Participation.objects.filter(event=hot).count()
    print(f"{participations:,} participations in the hot event, I am in {EVENTS:,} events", flush=True)
    for size in (10, 100, EVENTS):
        lists(size, now)
    completion(now)
    admin_pages(hot)
    exported(hot)
    settlement(now)


def lists(size: int, now) -> None:
    def read() -> None:
        rows = Event.objects.prefetch_related("requirements").order_by("-priority", "-id")[:size]
        cards_for(ME, list(rows), now=now)

    read()
    with CaptureQueriesContext(connection) as captured:
        started = time.perf_counter()
        read()
        spent = (time.perf_counter() - started) * 1000
    print(f"list of {size:5,} events with my progress: {len(captured)} statements, {spent:7.1f} ms", flush=True)


def completion(now) -> None:
    services.CompletionCheckpoint.objects.update_or_create(pk=1, defaults={"through": now - timedelta(hours=1)})
    for name in ("first", "next"):
        started = time.perf_counter()
        with CaptureQueriesContext(connection) as captured:
            noted = services.complete_reached(now=now)
        spent = time.perf_counter() - started
        print(f"completion job, {name} run: {noted:,} noted, {len(captured)} statements, {spent:.2f} s", flush=True)


def admin_pages(hot: Event) -> None:
    rows = Participation.objects.filter(event=hot).select_related("player").order_by("-pk")
    for name, found in (("all", rows), ("completed", rows.filter(completed_at__isnull=False))):
        started = time.perf_counter()
        list(found[:50])
        spent = (time.perf_counter() - started) * 1000
        print(f"participants, first page, {name}: {spent:.1f} ms", flush=True)


def exported(hot: Event) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    count = sum(1 for _ in export.lines(Participation.objects.filter(event=hot))) - 1
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    spent = time.perf_counter() - started
    print(f"CSV of {count:,} participants: {spent:.0f} s, {grown:.0f} MiB more memory at most", flush=True)


def settlement(now) -> None:
    """A season that ended eight days ago, with earners who collected nothing of two tiers."""
    end = now.replace(minute=0, second=0, microsecond=0) - 8 * DAY
    tiers = (Tier(xp=100, free_gold=10), Tier(xp=200, free_gems=1))
    schedule(name="벤치", starts_at=end - 28 * DAY, ends_at=end, premium_price_gems=1, tiers=tiers)
    sql(
        """
        INSERT INTO economy_tally (player_id, asset, reason, hour, entries, units, amount)
        SELECT n, 'xp', 'play.xp', %(hour)s, 50, 50, 500 FROM generate_series(1, %(last)s) AS n
        """,
        hour=end - DAY,
        last=EARNERS,
    )
    started = time.perf_counter()
    given = battlepass.settle(now=now)
    spent = time.perf_counter() - started
    print(f"season settled: {given:,} rewards for {EARNERS:,} players in {spent:.1f} s", flush=True)
