"""Carries messages to the shop's webhook, one after another, each until the shop has acknowledged it."""

import base64
import hashlib
import hmac
import secrets
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass

from economy.payments.sandbox import clock
from economy.payments.sandbox.books import Books, Message

TIMEOUT = 5.0
LONGEST_NAP = 1.0
DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Key:
    """What the sandbox signs with, and the name by which the shop knows it."""

    kid: str
    secret: bytes

    def signature(self, message: Message, *, ts: int, nonce: str) -> str:
        """The header's value: HMAC-SHA256 over `v1.kid.ts.nonce.event_id.body` (docs/webhooks.md)."""
        signed = f"v1.{self.kid}.{ts}.{nonce}.{message.id}.{message.body}".encode()
        sig = base64.b64encode(hmac.digest(self.secret, signed, hashlib.sha256)).decode()
        return f"algo=HMAC-SHA256, kid={self.kid}, ts={ts}, nonce={nonce}, sig={sig}"


class Courier(threading.Thread):
    """`wake` makes it look at once; otherwise it looks once a second."""

    def __init__(self, books: Books, url: str, key: Key):
        super().__init__(daemon=True, name="courier")
        self.books, self.url, self.key = books, url, key
        self.wake = threading.Event()

    def run(self) -> None:
        while True:
            message = self.books.next_message()
            wait = message.due_at - clock.now() if message else LONGEST_NAP
            if wait > 0:
                self.wake.wait(min(wait, LONGEST_NAP))
                self.wake.clear()
            elif self.deliver(message):
                self.books.acknowledged(message)
            else:
                self.books.put_off(message, now=clock.now())

    def deliver(self, message: Message) -> bool:
        """One attempt, with a fresh nonce and time stamp; whether the shop acknowledged it."""
        request = urllib.request.Request(  # noqa: S310 - the address is the merchant's own setting
            self.url,
            message.body.encode(),
            {
                "Content-Type": "application/json",
                "webhook-id": message.id,
                "X-Webhook-Signature": self.key.signature(message, ts=int(clock.now()), nonce=secrets.token_hex(16)),
            },
        )
        try:
            with DIRECTLY.open(request, timeout=TIMEOUT) as answer:
                return 200 <= answer.status < 300
        except urllib.error.HTTPError as refusal:
            print(f"{message.id} refused with {refusal.code}", flush=True)  # noqa: T201 - its own log
            return False
        except OSError as error:
            print(f"{message.id} not delivered: {error}", flush=True)  # noqa: T201
            return False
