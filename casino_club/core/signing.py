"""Signatures of webhooks: our own header and the Standard Webhooks trio, made and judged in constant time. Pure.

`X-Webhook-Signature: algo=HMAC-SHA256, kid=…, ts=<unix>, nonce=…, sig=<base64>` signs `v1.kid.ts.nonce.event_id.<body>`.
No part before the body may hold a dot, so that the signed text can be read in one way only.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

ALGORITHM = "HMAC-SHA256"
TOLERANCE_SECONDS = 300
KID = re.compile(r"[A-Za-z0-9_-]{1,64}")
NONCE = re.compile(r"[A-Za-z0-9_+/=-]{1,128}")
EVENT_ID = re.compile(r"[A-Za-z0-9_:-]{1,128}")
STANDARD_PREFIX = "whsec_"
# One way to write it: a header that differs in any byte is another header.
_HEADER = re.compile(
    rf"algo={ALGORITHM}, kid=(?P<kid>{KID.pattern}), ts=(?P<ts>[1-9][0-9]{{0,10}}), "
    rf"nonce=(?P<nonce>{NONCE.pattern}), sig=(?P<sig>[A-Za-z0-9+/]{{43}}=)",
    re.ASCII,
)


class MalformedKeys(ValueError):
    """The keys cannot be used; the text says which and why, and never shows a secret."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys a house accepts, by id, and the id of the one that it signs with (none when there is no key)."""

    secrets: Mapping[str, bytes] = field(repr=False)
    active: str | None

    @classmethod
    def of(cls, secrets: object, active: str) -> "Keys":
        """From `{kid: secret}` and the active kid; empty of both is no keys. Raises MalformedKeys."""
        if not isinstance(secrets, Mapping):
            raise MalformedKeys("the keys must be one object: {kid: secret}.")
        for kid, secret in secrets.items():
            if not KID.fullmatch(kid):
                raise MalformedKeys(f"the key id {kid!r} must be 1 to 64 letters, digits, - or _.")
            if not isinstance(secret, str) or not secret:
                raise MalformedKeys(f"the secret of key {kid!r} must be a text.")
        if active not in secrets and (active or secrets):
            raise MalformedKeys(f"the active key id {active!r} names none of the keys.")
        return cls({kid: secret.encode() for kid, secret in secrets.items()}, active or None)


@dataclass(frozen=True, slots=True)
class Signature:
    """A well-formed header, not yet judged. `ts` is the sender's Unix time in seconds."""

    kid: str
    ts: int
    nonce: str
    sig: str

    @classmethod
    def read(cls, header: str | None) -> "Signature | None":
        """The header's parts; None when it is absent or not written exactly as it must be."""
        parts = _HEADER.fullmatch(header or "")
        return cls(parts["kid"], int(parts["ts"]), parts["nonce"], parts["sig"]) if parts else None

    def written(self) -> str:
        """The header's text."""
        return f"algo={ALGORITHM}, kid={self.kid}, ts={self.ts}, nonce={self.nonce}, sig={self.sig}"

    def is_timely(self, unix_now: int) -> bool:
        """Whether it was signed within the tolerance of this second."""
        return abs(unix_now - self.ts) <= TOLERANCE_SECONDS

    def holds(self, keys: Keys, *, event_id: str, body: bytes) -> bool:
        """Whether the key named made this signature over this event id and body. In constant time."""
        secret = keys.secrets.get(self.kid)
        if secret is None or not EVENT_ID.fullmatch(event_id):
            return False
        # The texts are compared, not what they decode to: base64 leaves two bits of its last letter without meaning.
        expected = _signed(secret, self.kid, self.ts, self.nonce, event_id, body)
        return hmac.compare_digest(expected.encode(), self.sig.encode())


def sign(keys: Keys, *, event_id: str, body: bytes, ts: int, nonce: str) -> Signature:
    """Sign with the active key. Raises MalformedKeys when there is none, ValueError for what cannot be signed."""
    if keys.active is None:
        raise MalformedKeys("there is no key to sign with.")
    if not EVENT_ID.fullmatch(event_id) or not NONCE.fullmatch(nonce):
        raise ValueError("The event id or the nonce holds a character that it may not.")
    sig = _signed(keys.secrets[keys.active], keys.active, ts, nonce, event_id, body)
    return Signature(keys.active, ts, nonce, sig)


def standard_headers(secrets: Iterable[str], *, event_id: str, body: bytes, ts: int) -> dict[str, str]:
    """The Standard Webhooks headers, signed with each `whsec_…` secret: several while a secret is being replaced."""
    content = f"{event_id}.{ts}.".encode() + body
    marks = (f"v1,{_base64_hmac(standard_key(secret), content)}" for secret in secrets)
    return {"webhook-id": event_id, "webhook-timestamp": str(ts), "webhook-signature": " ".join(marks)}


def standard_key(secret: str) -> bytes:
    """The key inside a `whsec_…` secret. Raises ValueError unless it holds 24 to 64 bytes."""
    key = base64.b64decode(secret.removeprefix(STANDARD_PREFIX), validate=True)
    if not secret.startswith(STANDARD_PREFIX) or not 24 <= len(key) <= 64:
        raise ValueError("A secret is whsec_ and 24 to 64 bytes in base64.")
    return key


def standard_secret(key: bytes) -> str:
    """A `whsec_…` secret holding this key."""
    return STANDARD_PREFIX + base64.b64encode(key).decode()


def _signed(secret: bytes, kid: str, ts: int, nonce: str, event_id: str, body: bytes) -> str:
    return _base64_hmac(secret, f"v1.{kid}.{ts}.{nonce}.{event_id}.".encode() + body)


def _base64_hmac(secret: bytes, content: bytes) -> str:
    return base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode()
