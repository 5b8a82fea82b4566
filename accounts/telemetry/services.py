"""Telemetry goes to a list in Redis at once and to PostgreSQL by a job; a worker may die anywhere and nothing is lost.

A flush moves a batch out of the queue into a list of its own, atomically, writes its rows, commits, and only then drops
the list. A batch whose flush died is taken up by a later one; its rows carry ids, so that none is written twice. Only a
flush of Redis itself loses what was not yet written.
"""

import json
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from django.db import connection, transaction

from accounts.telemetry import rules
from casino_club.core import clock, jobs, metrics, redis

QUEUE = "telemetry:queue"
BATCHES = "telemetry:batches"
BATCH = 1000
LEASE = timedelta(seconds=60)
"""How long a batch belongs to the flush that took it."""

log = structlog.get_logger(__name__)
_events = metrics.counter("telemetry_events_total", "Events written, each for all that it stands for.", ["name"])
_flush_seconds = metrics.histogram("telemetry_flush_seconds", "How long a batch took to be written.")

_TAKE = """
local items = redis.call('LPOP', KEYS[1], ARGV[1])
if not items then return 0 end
redis.call('RPUSH', KEYS[2], unpack(items))
redis.call('ZADD', KEYS[3], ARGV[2], KEYS[2])
return #items
"""
_WRITE = """
    INSERT INTO telemetry_events (event_id, user_id, name, meta, stands_for, happened_at, received_at)
    SELECT told.event_id, u.id, told.name, told.meta, told.stands_for, told.happened_at, told.received_at
      FROM jsonb_to_recordset(%s::jsonb) AS told
           (event_id uuid, user_id bigint, name text, meta jsonb, stands_for smallint, happened_at timestamptz,
            received_at timestamptz)
      JOIN accounts_user AS u ON u.id = told.user_id AND u.deleted_at IS NULL
    ON CONFLICT ON CONSTRAINT telemetry_event_once DO NOTHING
    RETURNING name, stands_for
"""
_PURGE = """
    DELETE FROM telemetry_events WHERE id IN (
        SELECT id FROM telemetry_events WHERE received_at < %s ORDER BY received_at LIMIT %s FOR UPDATE SKIP LOCKED)
"""
_VISITS = """
    INSERT INTO accounts_dailyvisits AS known (date, visitors) VALUES (%s, %s)
    ON CONFLICT (date) DO UPDATE SET visitors = greatest(known.visitors, excluded.visitors)
"""


@dataclass(frozen=True, slots=True)
class Told:
    """One event as a browser told it."""

    name: str
    happened_at: datetime
    meta: dict


def accept(*, user_id: int, told: Sequence[Told], now: datetime) -> int:
    """Queue what is kept of the events; how many that were. Without Redis they are dropped, and counted as its failure."""
    kept = [event for event in told if rules.is_kept(event.name, random.random())]  # noqa: S311 - a sample, no secret
    if not kept:
        return 0
    lines = [json.dumps(_row(user_id, event, now)) for event in kept]
    redis.quietly(lambda client: client.rpush(QUEUE, *lines), purpose="telemetry")
    return len(kept)


def flush(*, now: datetime) -> int:
    """Write everything that is queued, and batches that an earlier flush left behind; how many rows were new.

    Safe to run twice and at once.
    """
    client, written = redis.client(), 0
    for batch in client.zrangebyscore(BATCHES, "-inf", (now - LEASE).timestamp()):
        client.zadd(BATCHES, {batch: now.timestamp()})
        written += _write(client, batch)
    while True:
        batch = f"telemetry:batch:{uuid.uuid4().hex}"
        taken = client.eval(_TAKE, 3, QUEUE, batch, BATCHES, BATCH, now.timestamp())
        if not taken:
            return written
        written += _write(client, batch)
        if taken < BATCH:
            return written


def purge(*, now: datetime, batch: int = 5000) -> int:
    """Delete events past their 30 days, in batches; how many went."""
    return jobs.until_fewer(_PURGE, now - rules.KEPT_FOR, batch=batch)


def note_visit(*, visitor: str, now: datetime) -> None:
    """A browser came signed out. `visitor` tells browsers apart and is kept by Redis as a hash that leads nowhere."""
    key = _visits_key(clock.game_date(now))

    def count(client) -> None:
        if client.pfadd(key, visitor):
            client.expire(key, timedelta(days=3))

    redis.quietly(count, purpose="visits")


def keep_visits(*, now: datetime) -> None:
    """Write down the visits of today's and yesterday's game days; a figure never falls."""
    today = clock.game_date(now)
    for day in (today - timedelta(days=1), today):
        visitors = redis.quietly(
            lambda client, day=day: client.pfcount(_visits_key(day)), purpose="visits", otherwise=0
        )
        if visitors:
            with connection.cursor() as cursor:
                cursor.execute(_VISITS, [day, visitors])


def _row(user_id: int, event: Told, now: datetime) -> dict:
    return {
        "event_id": str(uuid.uuid4()),
        "user_id": user_id,
        "name": event.name,
        "meta": event.meta,
        "stands_for": rules.SAMPLED.get(event.name, 1),
        "happened_at": event.happened_at.isoformat(),
        "received_at": now.isoformat(),
    }


def _write(client, batch: str | bytes) -> int:
    with _flush_seconds.time():
        lines = client.lrange(batch, 0, -1)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_WRITE, [f"[{','.join(line.decode() for line in lines)}]"])
            rows = cursor.fetchall()
        for name, stands_for in rows:
            _events.labels(rules.label_of(name)).inc(stands_for)
        client.pipeline().delete(batch).zrem(BATCHES, batch).execute()
    return len(rows)


def _visits_key(day: date) -> str:
    return f"visits:{day.isoformat()}"
