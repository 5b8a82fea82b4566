"""Endpoints for tests."""

from casino_club.core import clock, signing
from economy.webhooks.models import WebhookEndpoint
from economy.webhooks.rules import EventType

SECRET = signing.standard_secret(b"a secret of thirty-two bytes ...")


def endpoint(**fields) -> WebhookEndpoint:
    """An endpoint that is on and wants everything."""
    now = clock.now()
    given = {
        "name": "tests",
        "url": "https://receiver.example/hooks",
        "event_types": [event_type.value for event_type in EventType],
        "secret": SECRET,
        "secret_changed_at": now,
        "created_at": now,
    }
    return WebhookEndpoint.objects.create(**(given | fields))
