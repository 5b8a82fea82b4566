"""Telling others: rows for the sender, written in the transaction of the act that they tell of."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from casino_club.core import clock, metrics
from economy.webhooks.models import WebhookEvent
from economy.webhooks.rules import EventType
from economy.webhooks.selectors import subscribers_of

_published = metrics.counter("webhook_published_total", "Events put in the sender's queue.", ["event_type"])


def publish(*, event_type: str, payload: Mapping, now: datetime) -> int:
    """Queue an event for every endpoint that is on and subscribes to it; returns for how many.

    Call it in the act's own transaction: the event is sent exactly if the act is committed. `payload` becomes the
    event's `data`: ids and amounts, never personal data. Raises ValueError for a type that nobody can subscribe to.
    """
    endpoints = subscribers_of(EventType(event_type))
    if endpoints:
        queue(event_type=event_type, payload=payload, endpoint_ids=endpoints, now=now)
    return len(endpoints)


def queue(*, event_type: str, payload: Mapping, endpoint_ids: Iterable[int], now: datetime) -> str:
    """A new event, due at once, for these endpoints. Returns its id."""
    event_id = f"evt_{uuid.uuid4().hex}"
    body = {"id": event_id, "type": event_type, "timestamp": clock.iso(now), "data": dict(payload)}
    rows = [
        WebhookEvent(
            external_id=event_id,
            direction=WebhookEvent.Direction.OUT,
            endpoint_id=endpoint_id,
            type=event_type,
            payload=body,
            status=WebhookEvent.Status.PENDING,
            next_retry_at=now,
            created_at=now,
        )
        for endpoint_id in endpoint_ids
    ]
    WebhookEvent.objects.bulk_create(rows)
    _published.labels(event_type).inc(len(rows))
    return event_id
