"""The sender: leases due events from the table, posts them outside any transaction, notes how each attempt went.

A lease moves the event's next moment ahead. Whoever dies with it, by kill -9 or a lost machine, loses nothing: the event
comes due again and is sent once more, under the same id. An outcome is noted only while its lease is the latest.
"""

import json
import random
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext_noop

from casino_club.core import alerts, jobs, metrics, signing
from casino_club.core.texts import storable
from economy.webhooks import egress, rules
from economy.webhooks.models import WebhookAttempt, WebhookEndpoint, WebhookEvent
from economy.webhooks.rules import Outcome
from economy.webhooks.selectors import house_keys

log = structlog.get_logger(__name__)
AT_ONCE = 16
AT_ONCE_AN_ENDPOINT = 4
# A run gives the worker's thread back after this long; the next begins where it ended.
RUN_SECONDS = 30.0
ONE_AT_A_TIME = 0x57484F4B  # this job's name among PostgreSQL's advisory locks
BATCH = 1000
_attempts = metrics.counter("webhook_attempts_total", "Attempts to deliver an event.", ["event_type", "result"])
_settled = metrics.counter("webhook_deliveries_total", "Deliveries that came to an end.", ["event_type", "result"])
_took = metrics.counter(
    "webhook_delivered_attempts_total", "Attempts that delivered events took, replays included.", ["event_type"]
)
_seconds = metrics.histogram("webhook_delivery_seconds", "One attempt, from resolving the name to the answer.")

_REFUSE_SWITCHED_OFF = """
    UPDATE webhook_events AS v
       SET status = 'FAILED', next_retry_at = NULL, settled_at = %(now)s, last_error = %(why)s
      FROM economy_webhookendpoint AS e
     WHERE e.id = v.endpoint_id AND NOT e.is_active AND v.next_retry_at <= %(now)s
    RETURNING v.type
"""
# A few of each endpoint, so that one that never answers holds up nobody else's.
_LEASE = """
    WITH due AS MATERIALIZED (
        SELECT mine.id FROM economy_webhookendpoint AS e
         CROSS JOIN LATERAL (
            SELECT v.id FROM webhook_events AS v
             WHERE v.endpoint_id = e.id AND v.next_retry_at <= %(now)s
             ORDER BY v.next_retry_at LIMIT %(an_endpoint)s FOR UPDATE SKIP LOCKED) AS mine
         WHERE e.is_active AND e.id <> ALL(%(busy)s)
         ORDER BY random() LIMIT %(most)s)
    UPDATE webhook_events AS v SET next_retry_at = %(until)s
      FROM economy_webhookendpoint AS e
     WHERE v.id IN (SELECT id FROM due) AND e.id = v.endpoint_id
    RETURNING v.id, v.external_id, v.type, v.payload, v.status, v.attempt_count, e.id, e.url, e.secret,
              CASE WHEN e.secret_changed_at > %(old_until)s THEN e.old_secret ELSE '' END
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One leased event on its way: what is posted, where to, and the lease that its outcome is noted under."""

    event_id: int
    external_id: str
    type: str
    body: bytes
    is_replay: bool
    number: int
    endpoint_id: int
    url: str
    secrets: tuple[str, ...]
    at: datetime
    leased_until: datetime

    def headers(self) -> dict[str, str]:
        """Signed for this attempt: the event's own id, a moment and a nonce that no other attempt has."""
        ts = int(self.at.timestamp())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Casino-Club-Webhooks/1",
            **signing.standard_headers(self.secrets, event_id=self.external_id, body=self.body, ts=ts),
        }
        keys = house_keys()
        if keys.active is not None:
            nonce = secrets.token_urlsafe(16)
            ours = signing.sign(keys, event_id=self.external_id, body=self.body, ts=ts, nonce=nonce)
            headers["X-Webhook-Signature"] = ours.written()
        return headers


def deliver_due(*, now: datetime) -> int:
    """Deliver what is due and what becomes due meanwhile, for at most half a minute; returns how many attempts.

    One run at a time in the house. Safe to be killed at any moment.
    """
    # A slow receiver must not take every thread of the worker.
    with jobs.only_run_of(ONE_AT_A_TIME) as alone:
        return _run(now) if alone else 0


def purge(*, now: datetime) -> int:
    """Delete events settled long ago, with their attempts, in batches. Returns how many went."""
    gone = 0
    for status, kept_for in (
        (WebhookEvent.Status.DELIVERED, rules.DELIVERED_KEPT_FOR),
        (WebhookEvent.Status.FAILED, rules.FAILED_KEPT_FOR),
    ):
        old = WebhookEvent.objects.filter(status=status, settled_at__lt=now - kept_for).order_by("settled_at")
        while ids := list(old.values_list("pk", flat=True)[:BATCH]):
            WebhookEvent.objects.filter(pk__in=ids).delete()
            gone += len(ids)
    return gone


def _run(started_at: datetime) -> int:
    """Keep `AT_ONCE` posts in the air until nothing is due or the time is up; only this thread uses the database."""
    began, attempts = time.monotonic(), 0
    in_air: dict[Future[tuple[Outcome, float]], Delivery] = {}
    _fail_switched_off(started_at)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhooks") as pool:
        while True:
            elapsed = time.monotonic() - began
            now = started_at + timedelta(seconds=elapsed)
            if elapsed < RUN_SECONDS:
                for delivery in _lease(now, in_air.values()):
                    in_air[pool.submit(_attempt, delivery)] = delivery
            if not in_air:
                return attempts
            for future in wait(in_air, return_when=FIRST_COMPLETED).done:
                _note(in_air.pop(future), *future.result())
                attempts += 1


def _lease(now: datetime, in_air: Iterator[Delivery]) -> list[Delivery]:
    """Take as many due events as there is room for, none of an endpoint that is busy."""
    flying = Counter(delivery.endpoint_id for delivery in in_air)
    if flying.total() >= AT_ONCE:
        return []
    until = now + rules.LEASE
    with connection.cursor() as cursor:
        cursor.execute(
            _LEASE,
            {
                "now": now,
                "until": until,
                "an_endpoint": AT_ONCE_AN_ENDPOINT,
                "busy": [endpoint for endpoint, count in flying.items() if count >= AT_ONCE_AN_ENDPOINT],
                "most": AT_ONCE - flying.total(),
                "old_until": now - rules.OLD_SECRET_KEPT_FOR,
            },
        )
        rows = cursor.fetchall()
    return [_delivery(row, now, until) for row in rows]


def _delivery(row: tuple, now: datetime, until: datetime) -> Delivery:
    event_id, external_id, event_type, payload, status, attempts, endpoint_id, url, secret, old_secret = row
    return Delivery(
        event_id=event_id,
        external_id=external_id,
        type=event_type,
        body=json.dumps(json.loads(payload), ensure_ascii=False, separators=(",", ":")).encode(),
        is_replay=status == WebhookEvent.Status.REPLAYED,
        number=attempts + 1,
        endpoint_id=endpoint_id,
        url=url,
        secrets=(secret, old_secret) if old_secret else (secret,),
        at=now,
        leased_until=until,
    )


def _attempt(delivery: Delivery) -> tuple[Outcome, float]:
    """Post it. Runs in a thread of its own and touches no database."""
    began = time.monotonic()
    try:
        answer = egress.post(
            delivery.url, body=delivery.body, headers=delivery.headers(), seconds=rules.DELIVERY_SECONDS
        )
    except (egress.EgressRefused, OSError, HTTPException, ValueError) as error:
        outcome = Outcome(None, storable(f"{type(error).__name__}: {error}")[: rules.ERROR_MAX])
    else:
        outcome = rules.outcome_of(answer.status, answer.retry_after, delivery.at)
    return outcome, time.monotonic() - began


def _note(delivery: Delivery, outcome: Outcome, seconds: float) -> None:
    """Write down the attempt and what follows from it, unless the lease was lost meanwhile."""
    ended_at = delivery.at + timedelta(seconds=seconds)
    pause = None
    if not outcome.is_delivered and not delivery.is_replay:
        pause = rules.pause_after(delivery.number, outcome, draw=random.random())  # noqa: S311 - no secret in a pause
    settled = pause is None
    changes = {
        "attempt_count": delivery.number,
        "last_error": outcome.error,
        "next_retry_at": None if settled else ended_at + pause,
        "settled_at": ended_at if settled else None,
    }
    if settled:
        changes["status"] = WebhookEvent.Status.DELIVERED if outcome.is_delivered else WebhookEvent.Status.FAILED
    with transaction.atomic():
        ours = WebhookEvent.objects.filter(pk=delivery.event_id, next_retry_at=delivery.leased_until)
        if not ours.update(**changes):
            log.warning("webhook_lease_lost", event_id=delivery.external_id, attempt=delivery.number)
            return
        WebhookAttempt.objects.create(
            event_id=delivery.event_id,
            number=delivery.number,
            at=delivery.at,
            seconds=round(seconds, 3),
            status_code=outcome.status_code,
            error=outcome.error,
            kid=house_keys().active or "",
        )
        if outcome.is_gone:
            _switch_off(delivery)
    _count(delivery, outcome, seconds, settled)
    if settled and not outcome.is_delivered:
        alerts.raise_alert(
            rule="webhook_failures",
            key=str(delivery.endpoint_id),
            message=gettext_noop("Given up after %(attempts)d attempts: %(type)s %(event)s. %(error)s"),
            facts={
                "attempts": delivery.number,
                "type": delivery.type,
                "event": str(delivery.external_id),
                "error": outcome.error,
            },
            now=ended_at,
        )


def _switch_off(delivery: Delivery) -> None:
    """The receiver said that it is gone; what is still waiting for it fails when it comes due."""
    WebhookEndpoint.objects.filter(pk=delivery.endpoint_id, is_active=True).update(
        is_active=False, disabled_why=f"{rules.GONE} Gone: {delivery.type} {delivery.external_id}"
    )


def _fail_switched_off(now: datetime) -> None:
    """Due events of endpoints that are off are given up; they can be replayed once it is on again."""
    with connection.cursor() as cursor:
        cursor.execute(_REFUSE_SWITCHED_OFF, {"now": now, "why": "The endpoint is switched off."})
        for (event_type,) in cursor.fetchall():
            _settled.labels(event_type, "failed").inc()


def _count(delivery: Delivery, outcome: Outcome, seconds: float, settled: bool) -> None:
    _seconds.observe(seconds)
    _attempts.labels(delivery.type, outcome.result).inc()
    if settled:
        _settled.labels(delivery.type, "delivered" if outcome.is_delivered else "failed").inc()
    if outcome.is_delivered:
        _took.labels(delivery.type).inc(delivery.number)
