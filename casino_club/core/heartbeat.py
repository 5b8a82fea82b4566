"""Whether beat schedules and a worker works: a mark in Redis, written by a task that beat sends every 10 s.

Whoever asks a web process (`/ready`, Prometheus at `/metrics`) watches: who does not work cannot say so.
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

from casino_club.core import alerts, clock, metrics, redis

KEY = "worker:heartbeat"
SILENCE = "worker:silent_since"
FRESH = timedelta(seconds=60)
RULE = "worker_heartbeat"
ALERT_AFTER = timedelta(seconds=120)


def beat(*, now: datetime) -> None:
    """Leave the mark; a silence that operators were alerted of is over."""

    def mark(client) -> None:
        client.set(KEY, now.isoformat())
        client.delete(SILENCE)

    redis.quietly(mark, purpose="heartbeat")
    alerts.resolve(rule=RULE, now=now)


def last_beat() -> datetime | None:
    """When a worker beat last; None where nobody knows."""
    return _moment(redis.quietly(lambda client: client.get(KEY), purpose="heartbeat"))


def is_alive(*, now: datetime) -> bool:
    """Whether a worker beat within the last minute."""
    last = last_beat()
    return last is not None and now - last < FRESH


def watch(*, now: datetime) -> bool:
    """Whether a worker is alive; a silence that lasts `ALERT_AFTER` raises an alert."""
    if is_alive(now=now):
        return True
    since = last_beat() or _silent_since(now)
    if now - since >= ALERT_AFTER:
        alerts.raise_alert(
            rule=RULE,
            message=gettext_noop("No heartbeat of a worker since %(since)s UTC."),
            facts={"since": f"{since:%Y-%m-%d %H:%M:%S}"},
            now=now,
        )
    return False


def _silent_since(now: datetime) -> datetime:
    """Where no mark is, in a house just started or after Redis was emptied: since somebody first looked for it."""
    known = redis.quietly(lambda client: client.set(SILENCE, now.isoformat(), nx=True, get=True), purpose="heartbeat")
    return _moment(known) or now


def _moment(mark: bytes | None) -> datetime | None:
    return datetime.fromisoformat(mark.decode()) if mark else None


def _age() -> dict[tuple, float]:
    last = last_beat()
    return {} if last is None else {(): max((clock.now() - last).total_seconds(), 0)}


metrics.standing("worker_heartbeat_age_seconds", "How long ago a worker did beat's ten-second duty.", _age)
