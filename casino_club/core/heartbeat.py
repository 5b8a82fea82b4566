"""Whether beat schedules and a worker works: a mark in Redis, written by a task that beat sends every 10 s."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

from casino_club.core import alerts, redis

KEY = "worker:heartbeat"
SILENCE = "worker:silent_since"
FRESH_SECONDS = 60
RULE = "worker_heartbeat"
ALERT_AFTER = timedelta(seconds=60)


def beat(*, now: datetime) -> None:
    """Leave the mark, which fades after a minute; a silence that operators were alerted of is over."""

    def mark(client) -> None:
        client.set(KEY, now.isoformat(), ex=FRESH_SECONDS)
        client.delete(SILENCE)

    redis.quietly(mark, purpose="heartbeat")
    alerts.resolve(rule=RULE, now=now)


def is_alive() -> bool:
    """Whether a mark of the last minute is there."""
    return bool(redis.quietly(lambda client: client.exists(KEY), purpose="heartbeat", otherwise=0))


def watch(*, now: datetime) -> bool:
    """Whether a worker is alive; a silence that outlasts `ALERT_AFTER`, seen by whoever watches, raises an alert.

    A minute of grace on top of the mark's own: a house that has just been started is not silent yet.
    """
    if is_alive():
        return True
    known = redis.quietly(
        lambda client: client.set(SILENCE, now.isoformat(), nx=True, get=True), purpose="heartbeat", otherwise=None
    )
    since = datetime.fromisoformat(known.decode()) if known else now
    if now - since >= ALERT_AFTER:
        alerts.raise_alert(
            rule=RULE,
            message=gettext_noop("No heartbeat of a worker since %(since)s UTC."),
            facts={"since": f"{since:%Y-%m-%d %H:%M:%S}"},
            now=now,
        )
    return False
