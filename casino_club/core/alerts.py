"""Alerts: raised while something is wrong, stored once while it lasts, resolved when it has passed."""

from datetime import datetime

import structlog
from django.db import connection

from casino_club.core import metrics
from casino_club.core.models import Alert

log = structlog.get_logger(__name__)
_raised = metrics.counter("alerts_raised_total", "Alerts raised.", ["rule", "severity"])


def raise_alert(*, rule: str, severity: str, message: str, now: datetime, key: str = "") -> None:
    """Open the alert (rule, key), or note that it still lasts. Safe to call at once from anywhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO core_alert (rule, key, severity, message, raised_at, last_seen_at, times)
            VALUES (%(rule)s, %(key)s, %(severity)s, %(message)s, %(now)s, %(now)s, 1)
            ON CONFLICT (rule, key) WHERE resolved_at IS NULL
            DO UPDATE SET last_seen_at = excluded.last_seen_at, message = excluded.message,
                          severity = excluded.severity, times = core_alert.times + 1
            RETURNING times
            """,
            {"rule": rule, "key": key, "severity": severity, "message": message[:500], "now": now},
        )
        (times,) = cursor.fetchone()
    if times == 1:
        _raised.labels(rule, severity).inc()
        log.warning("alert_raised", rule=rule, key=key, severity=severity, message=message)


def resolve(*, rule: str, now: datetime, key: str = "") -> None:
    """Close the alert (rule, key) if it is open."""
    Alert.objects.filter(rule=rule, key=key, resolved_at__isnull=True).update(resolved_at=now)
