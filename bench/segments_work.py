"""What bench/segments.py asks of Django: a house of players of every kind, and nights over it."""

import time
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from bench.streak_repair_work import resident, say, sql
from economy.segments.services import segment_players

TODAY = date(2031, 3, 5)
NOW = datetime(2031, 3, 5, 4, 11, tzinfo=UTC)
DAY = timedelta(days=1)


def generate(players: int) -> None:
    """A third played lately and often, a third once or twice, a third never; one in twenty has paid."""
    sql(
        """
        INSERT INTO accounts_user (id, password, is_superuser, is_staff, is_active, site_id, nickname,
                                   must_change_password, created_at, language)
        SELECT n, '!', false, false, true, 'bench' || n, 'bench ' || n, false,
               %(now)s - (n %% 500) * interval '1 day', 'ko'
          FROM generate_series(1, %(players)s) AS n
        """,
        now=NOW,
        players=players,
    )
    sql(
        """
        INSERT INTO economy_tally (player_id, asset, reason, hour, entries, units, amount)
        SELECT n, 'gold', CASE play %% 2 WHEN 0 THEN 'slot.bet' ELSE 'crash.bet' END,
               date_trunc('hour', %(now)s - (1 + (n * 7 + play * play * 3) %% 95) * interval '1 day'), 5, 5, -500
          FROM generate_series(1, %(players)s) AS n
         CROSS JOIN LATERAL generate_series(1, CASE n %% 3 WHEN 0 THEN 8 WHEN 1 THEN 2 ELSE 0 END) AS play
        ON CONFLICT DO NOTHING
        """,
        now=NOW,
        players=players,
    )
    sql(
        "INSERT INTO economy_product (id, code, name, name_en, description, description_en, face, currency, price, gold,"
        " gems, vip_points, min_vip_tier, discount_percent, is_active, priority)"
        " VALUES (1, 'gems', 'gems', '', '', '', 'moon', 'KRW', 1000000, 0, 50, 0, 'STANDARD', 0, true, 0)"
    )
    sql("ALTER TABLE economy_purchase DISABLE TRIGGER USER")
    sql(
        """
        INSERT INTO economy_purchase (user_id, kind, product_id, code, quantity, unit_price, amount, currency,
            payment_method, gold, gems, vip_points, status, review_state, reference, created_at, paid_at, granted_at,
            refunded_amount, returned_gold, returned_gems, returned_vip_points)
        SELECT n, 'product', 1, 'gems', 1, 1000000, 1000 + (n * 37) %% 90000, 'KRW', 'card', 0, 50, 0, 'granted', '',
               'bench-' || n, at, at, at, 0, 0, 0, 0
          FROM generate_series(20, %(players)s, 20) AS n
         CROSS JOIN LATERAL (SELECT %(now)s - (1 + n %% 300) * interval '1 day' AS at) AS moment
        """,
        now=NOW,
        players=players,
    )
    for table in ("accounts_user", "economy_tally", "economy_purchase"):
        sql(f"VACUUM ANALYZE {table}")


def measure(players: int) -> None:
    started = time.monotonic()
    generate(players)
    say(f"{players:,} players, {count('economy_tally'):,} tallies generated in {time.monotonic() - started:.0f} s")
    night("the first night", TODAY)
    night("the same again", TODAY, again=True)
    sql("VACUUM ANALYZE economy_playersegment")
    night("the next night", TODAY + DAY)


def night(name: str, today: date, *, again: bool = False) -> None:
    with resident() as samples:
        started, used = time.monotonic(), time.process_time()
        report = segment_players(now=NOW, today=today, again=again)
        seconds, used = time.monotonic() - started, time.process_time() - used
    sizes = ", ".join(f"{segment} {size:,}" for segment, size in report.sizes.items())
    say(
        f"{name:18} {seconds:6.1f} s ({used:.1f} s of it Python's)  {max(samples)} MiB  moved {report.changed:,}  {sizes}"
    )


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]
