"""What bench/streak_repair.py asks of Django: a house of streaks, in four states of disrepair."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.db import connection

from casino_club.core import redis
from economy.streaks.repair import repair

TODAY = date(2031, 1, 20)
NOW = datetime(2031, 1, 20, 0, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def sql(statement: str, **parameters: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(statement, parameters or None)
        return cursor.rowcount


def generate(streaks: int) -> None:
    """Half came ten days and hold a protection, half came five; all were here yesterday."""
    sql(
        """
        INSERT INTO accounts_user (id, password, is_superuser, is_staff, is_active, site_id, nickname,
                                   must_change_password, created_at, language)
        SELECT n, '!', false, false, true, 'bench' || n, 'bench ' || n, false, %(now)s, 'ko'
          FROM generate_series(1, %(streaks)s) AS n
        """,
        now=NOW,
        streaks=streaks,
    )
    sql("INSERT INTO economy_wallet (player_id, gold, gems, xp, vip_points) SELECT id, 0, 0, 0, 0 FROM accounts_user")
    sql(
        """
        INSERT INTO economy_attendanceday (player_id, action, date, source, created_at)
        SELECT id, 'DAILY_LOGIN', %(today)s::date - ago, 'tick', %(now)s
          FROM accounts_user CROSS JOIN generate_series(10, 1, -1) AS ago
         WHERE id %% 2 = 0 OR ago <= 5
        """,
        today=TODAY,
        now=NOW,
    )
    sql(
        """
        INSERT INTO economy_streakstate (player_id, action, count, longest, last_date, protections, protection_enabled,
                                         updated_at)
        SELECT id, 'DAILY_LOGIN', d, d, %(today)s::date - 1, (d = 10)::int, true, %(now)s
          FROM (SELECT id, CASE WHEN id %% 2 = 0 THEN 10 ELSE 5 END AS d FROM accounts_user) AS u
        """,
        today=TODAY,
        now=NOW,
    )
    tidy()


def tidy() -> None:
    sql("VACUUM ANALYZE economy_streakstate")
    sql("VACUUM ANALYZE economy_attendanceday")


def measure(streaks: int) -> None:
    started = time.monotonic()
    generate(streaks)
    say(f"{streaks:,} streaks generated in {time.monotonic() - started:.0f} s")

    timed("Redis is empty", lambda: repair(now=NOW, today=TODAY))
    plain = timed_plain(streaks)
    sql("UPDATE economy_streakstate SET count = count + 1, longest = longest + 1")
    tidy()
    timed("every counter is wrong", lambda: repair(now=NOW, today=TODAY), plain)
    tidy()
    timed("nothing is wrong", lambda: repair(now=NOW, today=TODAY), plain)
    missed = NOW + DAY
    timed("everybody missed a day", lambda: repair(now=missed, today=TODAY + DAY), plain)
    tidy()
    again = timed("the same again", lambda: repair(now=missed, today=TODAY + DAY), plain)
    if again.changes:
        raise SystemExit(f"The second run changed {again.changes} things.")
    redis.client().flushall()
    timed("Redis was emptied", lambda: repair(now=missed, today=TODAY + DAY), plain)


def timed_plain(streaks: int) -> float:
    """The same rows by hand: what they should be lies ready in a table, and one statement writes it."""
    sql(
        "CREATE TABLE wanted AS SELECT id, count, longest, last_date, protections FROM economy_streakstate",
    )
    sql("ALTER TABLE wanted ADD PRIMARY KEY (id)")
    sql("UPDATE economy_streakstate SET count = count + 1, longest = longest + 1")
    tidy()
    started = time.monotonic()
    rows = sql(
        """
        UPDATE economy_streakstate AS s
           SET count = w.count, longest = w.longest, last_date = w.last_date, protections = w.protections,
               updated_at = now()
          FROM wanted AS w WHERE s.id = w.id
        """
    )
    seconds = time.monotonic() - started
    assert rows == streaks
    say(f"plain UPDATE … FROM          {seconds:7.1f} s")
    tidy()
    return seconds


def timed(name: str, act: Callable, plain: float | None = None):
    with resident() as samples:
        started, used = time.monotonic(), time.process_time()
        report = act()
        seconds, used = time.monotonic() - started, time.process_time() - used
    ratio = f"×{seconds / plain:5.1f} of it" if plain else ""
    early, most = samples[len(samples) // 10], max(samples)
    done = f"{report.changes:,} changes for {report.players:,} players"
    say(f"{name:28} {seconds:7.1f} s ({used:.0f} s of it Python's)  {ratio:14} {early} → {most} MiB  {done}")
    return report


@contextmanager
def resident():
    """MiB resident, twice a second."""
    samples, over = [], threading.Event()

    def watch() -> None:
        while True:
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            samples.append(pages * os.sysconf("SC_PAGE_SIZE") // 2**20)
            if over.wait(0.5):
                return

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield samples
    finally:
        over.set()
        watching.join()


def say(line: str) -> None:
    print(line, flush=True)
