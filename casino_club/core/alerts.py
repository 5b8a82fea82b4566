"""Alerts: raised while something is wrong, stored once while it lasts, resolved when it has passed."""

import json
from collections.abc import Mapping
from datetime import datetime

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from casino_club.core import alert_rules, audit, metrics
from casino_club.core.errors import NotFound
from casino_club.core.models import Alert

log = structlog.get_logger(__name__)
_raised = metrics.counter("alerts_raised_total", "Alerts raised.", ["rule", "severity"])
_acknowledged = metrics.counter("alerts_acknowledged_total", "Alerts that an operator acknowledged.", ["rule"])

FACT_MOST = 300

# A mail is due when the alert opens as a critical one, or becomes one; never twice for the same alert.
_RAISE = """
    INSERT INTO core_alert AS known (rule, key, severity, message, facts, raised_at, last_seen_at, times,
                                     mail_due_at, mail_attempts)
    VALUES (%(rule)s, %(key)s, %(severity)s, %(message)s, %(facts)s, %(now)s, %(now)s, 1, %(mail_due_at)s, 0)
    ON CONFLICT (rule, key) WHERE resolved_at IS NULL
    DO UPDATE SET last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at), message = excluded.message,
                  facts = excluded.facts, severity = excluded.severity, times = known.times + 1,
                  mail_due_at = CASE WHEN known.mailed_at IS NULL AND known.mail_attempts = 0
                                     THEN coalesce(known.mail_due_at, excluded.mail_due_at)
                                     ELSE known.mail_due_at END
    RETURNING times
"""
_RESOLVE_PASSED = """
    UPDATE core_alert AS a SET resolved_at = %(now)s
      FROM unnest(%(rules)s::text[], %(lasting)s::interval[]) AS r (name, lasts)
     WHERE a.rule = r.name AND a.resolved_at IS NULL AND a.last_seen_at + r.lasts <= %(now)s
"""


def raise_alert(
    *,
    rule: str,
    message: str,
    now: datetime,
    facts: Mapping[str, str | int] | None = None,
    severity: str | None = None,
    key: str = "",
) -> None:
    """Open the alert (rule, key), or note that it still lasts. Safe to call at once from anywhere.

    `message` is a msgid (`gettext_noop`) and `facts` fill its %(name)s: each reader is told in their own language
    (`Alert.text`). Several msgids, one a line, are read as sentences of one text. `key` tells apart what the rule
    watches (a package, an endpoint). Severity is the rule's own unless given.
    """
    severity = severity or alert_rules.rule_named(rule).severity
    known = {name: fact[:FACT_MOST] if isinstance(fact, str) else fact for name, fact in (facts or {}).items()}
    mailed = severity == alert_rules.CRITICAL and settings.ALERT_EMAILS
    with connection.cursor() as cursor:
        cursor.execute(
            _RAISE,
            {
                "rule": rule,
                "key": key[:128],
                "severity": severity,
                "message": message[:500],
                "facts": json.dumps(known),
                "now": now,
                "mail_due_at": now if mailed else None,
            },
        )
        (times,) = cursor.fetchone()
    if times == 1:
        _raised.labels(rule, severity).inc()
        log.warning("alert_raised", rule=rule, key=key, severity=severity, message=message, facts=known)


def resolve(*, rule: str, now: datetime, key: str = "") -> None:
    """Close the alert (rule, key) if it is open."""
    Alert.objects.filter(rule=rule, key=key[:128], resolved_at__isnull=True).update(resolved_at=now)


def resolve_passed(*, now: datetime) -> int:
    """Close every alert that was not seen again for as long as its rule lasts; returns how many."""
    lasting = {name: rule.lasts for name, rule in alert_rules.RULES.items() if rule.lasts}
    with connection.cursor() as cursor:
        cursor.execute(_RESOLVE_PASSED, {"now": now, "rules": list(lasting), "lasting": list(lasting.values())})
        return cursor.rowcount


def acknowledge(*, alert_id: int, operator_id: int, now: datetime) -> Alert:
    """Say that an operator looks after it; the first one's name stays, a repeat changes nothing. Raises NotFound."""
    with transaction.atomic(), audit.acting(operator_id=operator_id, reason="acknowledge"):
        fresh = Alert.objects.filter(pk=alert_id, acknowledged_at__isnull=True).update(
            acknowledged_at=now, acknowledged_by=operator_id
        )
        alert = Alert.objects.select_related("acknowledged_by").filter(pk=alert_id).first()
    if alert is None:
        raise NotFound
    if fresh:
        _acknowledged.labels(alert.rule).inc()
    return alert


def open_alerts() -> QuerySet[Alert]:
    """What lasts now, the worst first, of these what nobody has acknowledged, then the latest."""
    return Alert.objects.filter(resolved_at__isnull=True).select_related("acknowledged_by").by_weight()
