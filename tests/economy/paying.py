"""Payments, for tests: a provider's messages as they come in at the door, signed with the sandbox's key."""

import itertools
import json

from django.test import Client

from casino_club.core import clock, signing
from economy.payments.models import PaymentSession
from economy.shop.models import Purchase
from tests.economy import shop_things as shop
from tests.economy import webhook_posts
from tests.economy.sandbox_process import KEY

_numbers = itertools.count(1)
KEYS = signing.Keys.of({"sandbox": KEY}, "sandbox")


def waiting(user, item=None, **how) -> Purchase:
    """A purchase by card whose session the provider has opened."""
    purchase = shop.buy(user, item or shop.package(), **how)
    PaymentSession.objects.create(
        purchase=purchase, provider="sandbox", external_id=f"pay_{purchase.pk}", created_at=purchase.created_at
    )
    return purchase


def told(purchase: Purchase, kind: str, **changes) -> dict:
    """What the provider says of a purchase, with its own words."""
    return {
        "session": f"pay_{purchase.pk}",
        "reference": purchase.reference,
        "receipt_id": f"rcp_{purchase.pk}" if kind != "payment.declined" else None,
        "amount": purchase.amount,
        "currency": "KRW",
    } | changes


def send(kind: str, data: dict, *, event_id: str | None = None, client: Client | None = None):
    """Post one message; a fresh one unless the event's id is given."""
    message = webhook_posts.Message(
        source="sandbox", event_id=event_id or f"evt_{next(_numbers)}", type=kind, data=data
    )
    return webhook_posts.post(message.signed(KEYS), client=client)


def say(purchase: Purchase, kind: str, **changes):
    """The same, about a purchase."""
    return send(kind, told(purchase, kind, **changes))


def result(answer) -> tuple[int, dict]:
    return answer.status_code, json.loads(answer.content)


def now():
    return clock.now()
