"""What the sandbox shows: an API for shops, who know its secret, and a page where a payer approves or declines."""

import hmac
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, urlsplit

from economy.payments.sandbox import clock
from economy.payments.sandbox.books import Asked, Books, Mail, Payment, Refused
from economy.payments.sandbox.courier import Courier
from economy.payments.sandbox.words import WORDS

HERE = Path(__file__).parent
PAGE = Template((HERE / "page.html").read_text())
LARGEST_BODY = 16 * 1024
LONGEST_DELAY = 3600
TYPES: dict[str, type | tuple[type, ...]] = {
    "reference": str,
    "amount": int,
    "currency": str,
    "title": str,
    "language": str,
    "return_url": str,
    "expires_at": (int, float),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One response."""

    status: HTTPStatus
    body: str = ""
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


class Site:
    """The WSGI application."""

    def __init__(self, books: Books, courier: Courier, *, secret: str, url: str):
        self.books, self.courier, self.secret, self.url = books, courier, secret, url

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        try:
            answer = self._answer(environ)
        except Refused as refusal:
            status = HTTPStatus.NOT_FOUND if refusal.code == "not_found" else HTTPStatus.CONFLICT
            answer = _json(status, {"error": refusal.code})
        except (ValueError, RecursionError):
            answer = _json(HTTPStatus.BAD_REQUEST, {"error": "malformed"})
        raw = answer.body.encode()
        headers = [
            ("Content-Type", f"{answer.kind}; charset=utf-8"),
            ("Content-Length", str(len(raw))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            *answer.headers,
        ]
        start_response(f"{answer.status.value} {answer.status.phrase}", headers)
        return [raw]

    def _answer(self, environ: dict) -> Answer:
        parts = environ["PATH_INFO"].strip("/").split("/")
        match environ["REQUEST_METHOD"], *parts:
            case "GET", "health":
                return _json(HTTPStatus.OK, {"status": "ok"})
            case "GET", "style.css":
                return Answer(HTTPStatus.OK, (HERE / "style.css").read_text(), "text/css")
            case "GET", "checkout", session_id:
                return self._page(self.books.payment(session_id))
            case "POST", "checkout", session_id:
                return self._decide(session_id, _form(environ))
            case "POST", "sessions":
                self._demand_secret(environ)
                return self._session(self.books.open(_asked(_body(environ))))
            case "GET", "sessions", session_id:
                self._demand_secret(environ)
                return self._session(self.books.payment(session_id))
            case "POST", "sessions", session_id, "refunds":
                self._demand_secret(environ)
                return self._refund(session_id, _body(environ))
        raise Refused("not_found")

    def _demand_secret(self, environ: dict) -> None:
        given = environ.get("HTTP_AUTHORIZATION", "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {self.secret}".encode()):
            raise Refused("not_found")  # a stranger learns nothing, not even what exists

    def _session(self, payment: Payment) -> Answer:
        return _json(
            HTTPStatus.OK,
            {
                "id": payment.id,
                "url": f"{self.url}/checkout/{payment.id}",
                "status": payment.status,
                "receipt_id": payment.receipt_id,
                "amount": payment.amount,
                "refunded": payment.refunded,
            },
        )

    def _refund(self, session_id: str, asked: dict) -> Answer:
        amount, key = asked.get("amount"), asked.get("key")
        if type(amount) is not int or amount < 1 or not isinstance(key, str) or not 8 <= len(key) <= 100:
            raise ValueError("amount or key")
        refund_id = self.books.refund(session_id, amount=amount, key=key, now=clock.now())
        self.courier.wake.set()
        return _json(HTTPStatus.OK, {"id": refund_id, "status": "succeeded"})

    def _decide(self, session_id: str, form: dict[str, str]) -> Answer:
        if form.get("decision") not in ("approve", "decline"):
            raise ValueError("decision")
        mail = Mail(
            delay=min(abs(float(form.get("delay") or 0)), LONGEST_DELAY),
            twice="twice" in form,
            reversed="reversed" in form,
        )
        payment = self.books.payment(session_id)
        if payment.is_open(clock.now()):
            approve = form["decision"] == "approve"
            payment = self.books.decide(session_id, approve=approve, mail=mail, now=clock.now())
            self.courier.wake.set()
        return Answer(HTTPStatus.SEE_OTHER, headers=(("Location", payment.return_url),))

    def _page(self, payment: Payment) -> Answer:
        words = WORDS[payment.language]
        is_open = payment.is_open(clock.now())
        state = payment.status if is_open or payment.status != "open" else "expired"
        minutes = max(1, round((payment.expires_at - clock.now()) / 60))
        text = PAGE.substitute(
            {name: escape(word) for name, word in words.items()},
            language=payment.language,
            title=escape(payment.title),
            amount=f"{payment.amount:,}",
            reference=escape(payment.reference),
            address=escape(f"/checkout/{payment.id}"),
            return_url=escape(payment.return_url),
            state=escape(words[f"state_{state}"].format(minutes=minutes)),
            closed="" if is_open else "hidden",
            opened="hidden" if is_open else "",
        )
        # The form ends in a redirect back to the shop, so the shop's origin may be a form's target.
        shop = "{0.scheme}://{0.netloc}".format(urlsplit(payment.return_url))
        policy = (
            f"default-src 'none'; style-src 'self'; img-src data:; form-action 'self' {shop}; "
            "base-uri 'none'; frame-ancestors 'none'"
        )
        return Answer(HTTPStatus.OK, text, "text/html", (("Content-Security-Policy", policy),))


def _json(status: HTTPStatus, body: dict) -> Answer:
    return Answer(status, json.dumps(body))


def _raw(environ: dict) -> bytes:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if not 0 <= length <= LARGEST_BODY:
        raise ValueError("too large")
    return environ["wsgi.input"].read(length)


def _form(environ: dict) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(_raw(environ).decode()).items()}


def _body(environ: dict) -> dict:
    body = json.loads(_raw(environ))
    if not isinstance(body, dict):
        raise ValueError("no object")
    return body


def _asked(body: dict) -> Asked:
    """The request for a payment. Raises ValueError when a field is missing, of another type, or makes no sense."""
    if set(body) != set(TYPES) or any(
        isinstance(body[name], bool) or not isinstance(body[name], kind) for name, kind in TYPES.items()
    ):
        raise ValueError("fields")
    asked = Asked(**body)
    if not 0 < asked.amount < 10**12 or asked.currency != "KRW" or asked.language not in WORDS:
        raise ValueError("amount, currency or language")
    address = urlsplit(asked.return_url)
    if address.scheme not in ("http", "https") or not address.netloc or set(asked.return_url) & set(" ;,'\"\\\r\n"):
        raise ValueError("return_url")
    return asked
