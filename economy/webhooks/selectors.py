"""Which keys sign and are in use, and who subscribes to what."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Max, Min, QuerySet

from casino_club.core import clock, metrics
from casino_club.core.signing import Keys
from economy.webhooks.models import WebhookAttempt, WebhookEndpoint, WebhookEvent


@dataclass(frozen=True, slots=True)
class KeyUse:
    """When a key was last seen at work, among the events that are still kept."""

    kid: str
    sent_at: datetime | None
    received_at: datetime | None


def house_keys() -> Keys:
    """The keys of `WEBHOOK_KEYS` and the active one. Raises signing.MalformedKeys (start-up is refused before)."""
    return Keys.of(settings.WEBHOOK_KEYS, settings.WEBHOOK_ACTIVE_KID)


def subscribers_of(event_type: str) -> list[int]:
    """Endpoints that are on and want this type of event."""
    return list(
        WebhookEndpoint.objects.filter(is_active=True, event_types__contains=[event_type]).values_list("pk", flat=True)
    )


def use_of_keys() -> list[KeyUse]:
    """Every key that an attempt or an event in was signed with. Reads all that is kept: for a command, not for a page."""
    sent = _latest(WebhookAttempt.objects.all(), "at")
    received = _latest(WebhookEvent.objects.filter(direction=WebhookEvent.Direction.IN), "created_at")
    return [KeyUse(kid, sent.get(kid), received.get(kid)) for kid in sorted(sent.keys() | received.keys())]


def _overdue() -> dict[tuple, float]:
    now = clock.now()
    longest = WebhookEvent.objects.filter(next_retry_at__lte=now).aggregate(at=Min("next_retry_at"))["at"]
    return {(): (now - longest).total_seconds() if longest else 0}


metrics.standing("webhook_overdue_seconds", "How long the longest waiting due event has been due.", _overdue)


def _latest(rows: QuerySet, moment: str) -> dict[str, datetime]:
    return dict(rows.exclude(kid="").order_by().values_list("kid").annotate(Max(moment)))
