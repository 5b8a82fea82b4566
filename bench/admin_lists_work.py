"""What bench/admin_lists.py asks of Django: pages timed, a table filled, the same pages timed again."""

import statistics
import time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from casino_club.core import clock
from tests import factories

PLAYERS = 10_000
WHALE_SHARE = 20  # one row in so many is one player's
TIMES = 5
PAGES = {
    "entries": {
        "the list": "/admin/economy/entry/",
        "its last page": "/admin/economy/entry/?p={last}",
        "common filter": "/admin/economy/entry/?reason=slot.bet",
        "filter that nothing fits": "/admin/economy/entry/?reason=dev.reset",
        "two filters": "/admin/economy/entry/?reason=slot.win&asset__exact=gold",
        "sorted by amount (refused)": "/admin/economy/entry/?o=5",
        "one busy player": "/admin/economy/entry/?q=whale",
        "busy player, rare reason": "/admin/economy/entry/?q=whale&reason=dev.reset",
        "an ordinary player": "/admin/economy/entry/?q=bench77",
        "one entry": "/admin/economy/entry/{some}/change/",
        "player's page, ledger": "/admin/console/players/{whale}/ledger",
        "player's page, gems": "/admin/console/players/{whale}/ledger?asset=gems",
        "the overview": "/admin/console/overview",
    },
    "rounds": {
        "the list": "/admin/games/round/",
        "its last page": "/admin/games/round/?p={last}",
        "common filter": "/admin/games/round/?game__exact=slot",
        "filter that nothing fits": "/admin/games/round/?game__exact=rps",
        "open rounds": "/admin/games/round/?status__exact=open",
        "one busy player": "/admin/games/round/?q=whale",
        "busy player, rare game": "/admin/games/round/?q=whale&game__exact=rps",
        "an ordinary player": "/admin/games/round/?q=bench77",
        "one round": "/admin/games/round/{some}/change/",
        "player's page, rounds": "/admin/console/players/{whale}/rounds",
        "player's page, rare game": "/admin/console/players/{whale}/rounds?game=rps",
    },
}
TABLES = {"entries": "economy_entry", "rounds": "games_round"}
FILL = {
    "entries": """
        INSERT INTO economy_entry (player_id, asset, amount, units, balance_after, reason, reference, metadata, created_at)
        SELECT CASE WHEN n %% %(share)s = 0 THEN %(whale)s ELSE %(first)s + n %% %(players)s END,
               CASE WHEN n %% 3 = 2 THEN 'xp' ELSE 'gold' END,
               CASE WHEN n %% 3 = 0 THEN -20 ELSE 19 END, 1, 1000 + n %% 5000,
               (ARRAY['slot.bet', 'slot.win', 'play.xp'])[n %% 3 + 1], 'b' || n, '{}',
               %(now)s::timestamptz - (%(rows)s - n) * interval '100 ms'
          FROM generate_series(1, %(rows)s) AS n
    """,
    "rounds": """
        INSERT INTO games_round (player_id, game, status, bet, win, multiplier, odds_version, seed_pair_id, nonce, outcome,
                                 created_at, settled_at)
        SELECT CASE WHEN n %% %(share)s = 0 THEN %(whale)s ELSE %(first)s + n %% %(players)s END,
               CASE WHEN n %% 3 = 0 THEN 'crash' ELSE 'slot' END, 'settled', 20, n %% 40, n %% 200, 'bench',
               %(pair)s, n, '{}', %(now)s::timestamptz - (%(rows)s - n) * interval '100 ms', %(now)s
          FROM generate_series(1, %(rows)s) AS n
    """,
}


def measure(what: str, rows: int) -> None:
    """Time every page over a table of a few rows and of `rows`; print the times, their ratio and the statements."""
    people = _people()
    _fill(what, 1000, people)
    few = _timed(what, last=1)
    print(f"{what}: filling {rows:,} rows …", flush=True)
    began = time.perf_counter()
    _fill(what, rows, people)
    size = _one("SELECT pg_size_pretty(pg_total_relation_size(%s))", [TABLES[what]])
    print(f"{what}: {_one('SELECT count(*) FROM ' + TABLES[what]):,} rows, {size}, {time.perf_counter() - began:.0f} s")
    many = _timed(what, last=200)
    print(f"{'':28}{'few, ms':>10}{'many, ms':>10}{'ratio':>8}{'statements':>12}")
    for name, (seconds, statements) in many.items():
        print(f"{name:28}{few[name][0] * 1e3:10.1f}{seconds * 1e3:10.1f}{seconds / few[name][0]:8.2f}{statements:12}")


def _people() -> dict:
    whale = factories.player(site_id="whale")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_user (password, is_superuser, is_staff, is_active, site_id, nickname,
                                       must_change_password, created_at, language)
            SELECT '!', false, false, true, 'bench' || n, 'bench ' || n, false, now(), 'ko'
              FROM generate_series(1, %s) AS n RETURNING id
            """,
            [PLAYERS],
        )
        first = min(row[0] for row in cursor.fetchall())
        cursor.execute(
            "INSERT INTO accounts_loginname (key, user_id) SELECT site_id, id FROM accounts_user WHERE id >= %s",
            [first],
        )
        cursor.execute(
            "INSERT INTO economy_wallet (player_id, gold, gems, xp, vip_points) "
            "SELECT id, 0, 0, 0, 0 FROM accounts_user WHERE id >= %s",
            [first],
        )
        cursor.execute("SELECT id FROM games_seedpair WHERE player_id = %s", [whale.pk])
        pair = (cursor.fetchone() or [1])[0]
    return {"whale": whale.pk, "first": first, "players": PLAYERS, "share": WHALE_SHARE, "pair": pair}


def _fill(what: str, rows: int, people: dict) -> None:
    """Without the books' triggers and with indexes made afterwards, as fast as a table can be filled."""
    table = TABLES[what]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '1GB'")
        cursor.execute(f"TRUNCATE {table} CASCADE")
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'u'",
            [table],
        )
        unique = cursor.fetchall()
        for name, _definition in unique:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT LIKE '%%_pkey'", [table]
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute(FILL[what], {**people, "rows": rows, "now": clock.now()})
        for name, definition in unique:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute(f"VACUUM ANALYZE {table}")


def _timed(what: str, *, last: int) -> dict[str, tuple[float, int]]:
    browser = factories.browser(factories.operator(superuser=True))
    asked = {
        "last": last,
        "some": _one(f"SELECT max(id) - 500 FROM {TABLES[what]}"),
        "whale": _one("SELECT id FROM accounts_user WHERE site_id = 'whale'"),
    }
    found = {}
    for name, page in PAGES[what].items():
        address, took = page.format(**asked), []
        for _ in range(TIMES + 1):
            began = time.perf_counter()
            answer = browser.get(address)
            took.append(time.perf_counter() - began)
            assert answer.status_code == 200, (address, answer.status_code)
        with CaptureQueriesContext(connection) as captured:
            browser.get(address)
        found[name] = statistics.median(took[1:]), len(captured)
    return found


def _one(sql: str, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()[0]
