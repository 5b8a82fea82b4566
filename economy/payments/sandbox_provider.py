"""The sandbox as a provider: its API over HTTP, its words turned into ours."""

from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext as _

from casino_club.core.errors import InvalidInput
from casino_club.core.shapes import IntegerField, Shape, TextField
from casino_club.core.signing import Keys
from economy.payments.provider import ProviderRefused, ProviderUnavailable
from economy.payments.rules import RECEIPT_MAX, Notice, NoticeKind, Order, Session, Standing
from economy.webhooks.sources import InboundEvent

KID = "sandbox"
TIMEOUT = (2, 5)
KINDS = {
    "payment.paid": NoticeKind.PAID,
    "payment.declined": NoticeKind.DECLINED,
    "refund.succeeded": NoticeKind.REFUNDED,
}


class NoticeShape(Shape):
    session = TextField(max_length=64)
    reference = TextField(max_length=64)
    receipt_id = TextField(max_length=RECEIPT_MAX, allow_null=True)
    amount = IntegerField(min_value=1)
    currency = TextField(max_length=3)
    refund = TextField(max_length=100, required=False)


class SandboxProvider:
    """See `provider.Provider`."""

    name = "sandbox"

    def keys(self) -> Keys:
        key = settings.SANDBOX_PAY_KEY
        return Keys.of({KID: key}, KID) if key else Keys.of({}, "")

    def origins(self) -> tuple[str, ...]:
        address = urlsplit(settings.SANDBOX_PAY_URL)
        return (f"{address.scheme}://{address.netloc}",) if address.netloc else ()

    def create_session(self, order: Order) -> Session:
        answer = _ask(
            "POST",
            "/sessions",
            {
                "reference": order.reference,
                "amount": order.amount,
                "currency": order.currency,
                "title": order.title,
                "language": order.language,
                "return_url": order.return_url,
                "expires_at": order.expires_at.timestamp(),
            },
        )
        return Session(answer["id"], answer["url"])

    def standing(self, external_id: str) -> Standing:
        answer = _ask("GET", f"/sessions/{external_id}")
        return Standing(answer["status"], answer["receipt_id"])

    def refund(self, external_id: str, *, amount: int, key: str) -> None:
        _ask("POST", f"/sessions/{external_id}/refunds", {"amount": amount, "key": key})

    def read(self, event: InboundEvent) -> Notice | None:
        kind = KINDS.get(event.type)
        if kind is None:
            return None
        told = NoticeShape.read(event.data)
        if kind is NoticeKind.PAID and not told["receipt_id"]:
            raise InvalidInput({"receipt_id": [_("A payment has a receipt.")]})
        return Notice(
            kind=kind,
            reference=told["reference"],
            external_id=told["session"],
            amount=told["amount"],
            currency=told["currency"],
            receipt_id=told["receipt_id"],
            refund_key=told.get("refund"),
        )


def _ask(method: str, path: str, body: dict | None = None) -> dict:
    """One call of the sandbox's API. Raises ProviderUnavailable, ProviderRefused."""
    if not settings.SANDBOX_PAY_URL:
        raise ProviderUnavailable
    with requests.Session() as http:
        http.trust_env = False  # it stands beside us; no proxy knows it
        try:
            answer = http.request(
                method,
                f"{settings.SANDBOX_PAY_URL}{path}",
                json=body,
                headers={"Authorization": f"Bearer {settings.SANDBOX_PAY_SECRET}"},
                timeout=TIMEOUT,
                allow_redirects=False,
            )
            told = answer.json()
        except requests.RequestException as error:
            raise ProviderUnavailable(retry_after=5) from error
    if answer.status_code == 200:
        return told
    if 400 <= answer.status_code < 500:
        raise ProviderRefused(str(told.get("error", answer.status_code)))
    raise ProviderUnavailable(retry_after=5)
