"""Which keys sign, and who subscribes to what."""

from django.conf import settings

from casino_club.core.signing import Keys
from economy.webhooks.models import WebhookEndpoint


def house_keys() -> Keys:
    """The keys of `WEBHOOK_KEYS` and the active one. Raises signing.MalformedKeys (start-up is refused before)."""
    return Keys.of(settings.WEBHOOK_KEYS, settings.WEBHOOK_ACTIVE_KID)


def subscribers_of(event_type: str) -> list[int]:
    """Endpoints that are on and want this type of event."""
    return list(
        WebhookEndpoint.objects.filter(is_active=True, event_types__contains=[event_type]).values_list("pk", flat=True)
    )
