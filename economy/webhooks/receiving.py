"""Webhooks that come in: verified in a fixed order, then applied once, whatever is sent again or forged.

Nothing is consumed before the signature holds, so nobody can burn a nonce or an event id that is still to come. Redis
remembers both and answers most repeats; PostgreSQL's unique index decides.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import DataError, connection, transaction
from django.utils.translation import gettext_lazy as _

from casino_club.core import metrics, redis, signing
from casino_club.core.errors import DomainError, InvalidInput, MalformedBody, NotFound
from casino_club.core.signing import Signature
from economy.webhooks import rules
from economy.webhooks.models import WebhookEvent
from economy.webhooks.selectors import house_keys
from economy.webhooks.sources import InboundEvent, Source, source_named

TYPE_MAX = 64
_received = metrics.counter("webhook_received_total", "Webhooks that came in.", ["source", "result"])
_seconds = metrics.histogram("webhook_receive_seconds", "Verifying and applying a webhook that came in.", ["source"])

# An event of ours that comes back was reflected by a receiver: its id is known, so it is never applied.
_STORE = """
    INSERT INTO webhook_events (external_id, direction, source, type, payload, status, attempt_count, last_error, kid,
                                created_at, settled_at)
    SELECT %(id)s, 'in', %(source)s, %(type)s, %(payload)s::jsonb, 'DELIVERED', 1, '', %(kid)s, %(now)s, %(now)s
     WHERE NOT EXISTS (SELECT 1 FROM webhook_events WHERE direction = 'out' AND external_id = %(id)s)
    ON CONFLICT (external_id) WHERE direction = 'in' DO NOTHING
    RETURNING id
"""


class SignatureInvalid(DomainError):
    code = "signature_invalid"
    status = 401
    message = _("The signature does not hold.")


class UnknownKey(DomainError):
    code = "unknown_key"
    status = 401
    message = _("The key that this is signed with is not one we accept.")


class StaleSignature(DomainError):
    code = "signature_stale"
    status = 400
    message = _("This was signed too long ago, or by a clock that is wrong.")


class NonceReplayed(DomainError):
    code = "nonce_replayed"
    message = _("This very request has been received before.")


@dataclass(frozen=True, slots=True)
class Post:
    """What arrived, as it arrived: the two headers and the raw body."""

    signature: str | None
    event_id: str | None
    body: bytes


def receive(*, source: str, post: Post, now: datetime) -> bool:
    """Verify what was posted and apply it once; False when the event was applied before.

    Raises NotFound (no such source), UnknownKey, StaleSignature, NonceReplayed, SignatureInvalid, MalformedBody,
    InvalidInput, and whatever refusal the source's handler raises: then nothing is stored.
    """
    sender = source_named(source)
    if sender is None:
        _received.labels("unknown", NotFound.code).inc()
        raise NotFound
    with _seconds.labels(source).time():
        try:
            is_new = _receive(source, sender, post, now)
        except DomainError as refusal:
            _received.labels(source, refusal.code).inc()
            raise
    _received.labels(source, "accepted" if is_new else "duplicate").inc()
    return is_new


def _receive(source: str, sender: Source, post: Post, now: datetime) -> bool:
    signature = Signature.read(post.signature)
    event_id = post.event_id or _unverified_id(post.body)
    if signature is None or event_id is None or not signing.EVENT_ID.fullmatch(event_id):
        raise SignatureInvalid
    keys = (sender.keys or house_keys)()
    if signature.kid not in keys.secrets:
        raise UnknownKey
    if not signature.is_timely(int(now.timestamp())):
        raise StaleSignature
    nonce_key, event_key = f"webhook:nonce:{signature.kid}:{signature.nonce}", f"webhook:event:{event_id}"
    nonce_used, event_seen = redis.quietly(
        lambda client: client.mget(nonce_key, event_key), purpose="webhook_nonce", otherwise=(None, None)
    )
    if nonce_used:
        raise NonceReplayed
    if event_seen and _is_known(event_id):
        return False
    if not signature.holds(keys, event_id=event_id, body=post.body):
        raise SignatureInvalid
    if not _remember(nonce_key):
        raise NonceReplayed
    event = _event_of(source, event_id, post.body)
    with transaction.atomic():
        if not _store(event, signature.kid, now):
            return False
        sender.handler(event, now)
    _remember(event_key)
    return True


def _remember(key: str) -> bool:
    """Keep the key in Redis; False when it was there. Without Redis it never was."""
    return bool(
        redis.quietly(
            lambda client: client.set(key, b"1", nx=True, ex=rules.NONCE_KEPT_FOR),
            purpose="webhook_nonce",
            otherwise=True,
        )
    )


def _is_known(event_id: str) -> bool:
    return WebhookEvent.objects.filter(external_id=event_id).exists()


def _store(event: InboundEvent, kid: str, now: datetime) -> bool:
    """Take the event's id; False when it is taken. Waits for one that is being applied right now.

    Raises MalformedBody for what cannot be stored.
    """
    row = {
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "payload": json.dumps(event.body),
        "kid": kid,
        "now": now,
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute(_STORE, row)
            return cursor.fetchone() is not None
    except DataError as error:  # JSON that Python reads and PostgreSQL does not: NUL in a text, 1e999
        raise MalformedBody from error


def _event_of(source: str, event_id: str, body: bytes) -> InboundEvent:
    """What a verified body says. Raises MalformedBody, InvalidInput."""
    content = _object_in(body)
    if content is None:
        raise MalformedBody
    faults = {}
    if content.get("id", event_id) != event_id:
        faults["id"] = [_("The id in the body is not the one in the header.")]
    event_type = content.get("type")
    if not isinstance(event_type, str) or not 0 < len(event_type) <= TYPE_MAX:
        faults["type"] = [_("Say what kind of event this is.")]
    data = content.get("data", {})
    if not isinstance(data, Mapping):
        faults["data"] = [_("Expected an object.")]
    if faults:
        raise InvalidInput(faults)
    return InboundEvent(source, event_id, event_type, data, content)


def _unverified_id(body: bytes) -> str | None:
    """The id a body claims, for senders that leave the header out; it is signed either way."""
    claimed = (_object_in(body) or {}).get("id")
    return claimed if isinstance(claimed, str) else None


def _object_in(body: bytes) -> dict | None:
    """The JSON object that the body is, if its texts can be stored; None otherwise."""
    try:
        content = json.loads(body.decode(), parse_constant=_no_constant)
        json.dumps(content, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _no_constant(name: str):
    raise ValueError(name)
