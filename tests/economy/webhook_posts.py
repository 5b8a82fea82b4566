"""Webhooks as a sender posts them: signed with the house's key, or spoilt in one place."""

import json
import uuid
from dataclasses import dataclass, field, replace

from django.test import Client

from casino_club.core import clock, signing
from economy.webhooks.selectors import house_keys


@dataclass(frozen=True)
class Message:
    """What a sender is about to post; every part may be replaced before or after signing."""

    source: str = "tests"
    event_id: str = field(default_factory=lambda: f"evt_{uuid.uuid4().hex}")
    type: str = "thing.happened"
    data: dict = field(default_factory=lambda: {"amount": 5})
    nonce: str = field(default_factory=lambda: uuid.uuid4().hex)
    off: int = 0
    body: bytes | None = None
    signature: str | None = None

    def raw(self) -> bytes:
        content = {"id": self.event_id, "type": self.type, "timestamp": "2026-01-01T00:00:00Z", "data": self.data}
        return self.body if self.body is not None else json.dumps(content).encode()

    def signed(self, keys: signing.Keys | None = None) -> "Message":
        ts = int(clock.now().timestamp()) + self.off
        made = signing.sign(
            keys or house_keys(), event_id=self.event_id, body=self.raw(), ts=ts, nonce=self.nonce
        ).written()
        return replace(self, signature=made, body=self.raw())


def post(message: Message, *, client: Client | None = None):
    """What the door answers."""
    headers = {"webhook-id": message.event_id}
    if message.signature is not None:
        headers["X-Webhook-Signature"] = message.signature
    return (client or Client()).post(
        f"/api/webhooks/{message.source}", message.raw(), content_type="application/json", headers=headers
    )
