"""Telling others: rows for the sender, written in the transaction of the act that they tell of; and what operators do."""

import secrets
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from casino_club.core import audit, clock, metrics, signing
from casino_club.core.errors import DomainError, NotFound
from economy.webhooks.models import WebhookEndpoint, WebhookEvent
from economy.webhooks.rules import TEST_EVENT, EventType
from economy.webhooks.selectors import subscribers_of

_replayed = metrics.counter("webhook_replays_total", "Failed deliveries that an operator sent again.", ["event_type"])
_published = metrics.counter("webhook_published_total", "Events put in the sender's queue.", ["event_type"])


class NotReplayable(DomainError):
    code = "not_failed"
    message = _("Only a delivery that has failed can be sent again.")


class EndpointOff(DomainError):
    code = "endpoint_off"
    message = _("The endpoint is switched off.")


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
    metrics.committed(_published.labels(event_type), times=len(rows))
    return event_id


def replay(*, event_id: int, operator_id: int, reason: str, now: datetime) -> WebhookEvent:
    """Make a failed delivery due at once, for one more attempt under the same event id; audited.

    Raises NotFound, NotReplayable, EndpointOff.
    """
    with transaction.atomic(), audit.acting(operator_id=operator_id, reason=reason):
        event = (
            WebhookEvent.objects.select_for_update(of=["self"])
            .select_related("endpoint")
            .filter(pk=event_id, direction=WebhookEvent.Direction.OUT)
            .first()
        )
        if event is None:
            raise NotFound
        if event.status != WebhookEvent.Status.FAILED:
            raise NotReplayable
        if not event.endpoint.is_active:
            raise EndpointOff
        event.status, event.next_retry_at, event.settled_at = WebhookEvent.Status.REPLAYED, now, None
        event.save(update_fields=["status", "next_retry_at", "settled_at"])
    metrics.committed(_replayed.labels(event.type))
    return event


def send_test_event(*, endpoint_id: int, now: datetime) -> str:
    """Queue a test event for one endpoint, whatever it subscribes to; returns its id. Raises NotFound, EndpointOff."""
    endpoint = WebhookEndpoint.objects.filter(pk=endpoint_id).first()
    if endpoint is None:
        raise NotFound
    if not endpoint.is_active:
        raise EndpointOff
    return queue(event_type=TEST_EVENT, payload={"endpoint": endpoint.pk}, endpoint_ids=[endpoint.pk], now=now)


def renew_secret(*, endpoint_id: int, operator_id: int, now: datetime) -> WebhookEndpoint:
    """Give the endpoint a new secret; the one before signs as well for a day. Raises NotFound."""
    with transaction.atomic(), audit.acting(operator_id=operator_id, reason="webhooks.renew_secret"):
        endpoint = WebhookEndpoint.objects.select_for_update().filter(pk=endpoint_id).first()
        if endpoint is None:
            raise NotFound
        endpoint.old_secret, endpoint.secret, endpoint.secret_changed_at = endpoint.secret, new_secret(), now
        endpoint.save(update_fields=["old_secret", "secret", "secret_changed_at"])
    return endpoint


def new_secret() -> str:
    """A secret nobody has."""
    return signing.standard_secret(secrets.token_bytes(32))
