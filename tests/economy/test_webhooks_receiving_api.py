"""Webhooks that come in, over HTTP: the order of verification, forgeries, repeats, rotation, a Redis that forgets."""

import random
from dataclasses import replace

import pytest
import time_machine
from django.test import Client

from casino_club.core import clock, redis
from casino_club.core.errors import DomainError
from casino_club.core.signing import Keys
from economy.webhooks import sources
from economy.webhooks.models import WebhookEvent
from economy.webhooks.services import queue
from tests.economy import webhooks
from tests.economy.webhook_posts import Message, post

pytestmark = pytest.mark.django_db
OLD, NEXT = "old-secret-0123456789-0123456789-0123", "next-secret-0123456789-0123456789-012"


class Refusal(DomainError):
    code = "not_yet"


class Ledger:
    """A source's handler that notes what was applied."""

    def __init__(self):
        self.applied = []
        self.refuses = False

    def __call__(self, event, now):
        if self.refuses:
            raise Refusal
        self.applied.append(event)


@pytest.fixture
def handler(monkeypatch):
    handler = Ledger()
    monkeypatch.setitem(sources._sources, "tests", sources.Source(handler))
    return handler


def verdict(answer):
    body = answer.json()
    return answer.status_code, body.get("error", body.get("duplicate"))


def test_a_signed_event_is_applied_once_and_kept(handler):
    message = Message(data={"amount": 9900}).signed()

    assert post(message).json() == {"ok": True, "duplicate": False}

    (event,) = handler.applied
    assert (event.source, event.id, event.type, event.data) == ("tests", message.event_id, message.type, message.data)
    row = WebhookEvent.objects.get(external_id=message.event_id)
    assert (row.direction, row.status, row.source, row.kid) == ("in", "DELIVERED", "tests", "development")
    assert row.payload["data"] == {"amount": 9900}


def test_the_same_event_with_a_fresh_nonce_is_a_duplicate(handler):
    message = Message().signed()
    post(message)

    again = post(replace(message, nonce="another-nonce").signed())

    assert (again.status_code, again.json()) == (200, {"ok": True, "duplicate": True})
    assert len(handler.applied) == 1


def test_the_very_same_request_is_a_replay(handler):
    message = Message().signed()
    post(message)

    assert verdict(post(message)) == (409, "nonce_replayed")
    assert verdict(post(replace(Message(), nonce=message.nonce).signed())) == (409, "nonce_replayed")
    assert len(handler.applied) == 1


@pytest.mark.parametrize(
    ("off", "answer"), [(-300, 200), (300, 200), (-301, 400), (301, 400), (-86_400, 400), (10**9, 400)]
)
def test_a_clock_may_be_off_by_five_minutes(handler, off, answer):
    with time_machine.travel(clock.now(), tick=False):
        assert post(Message(off=off).signed()).status_code == answer
    assert len(handler.applied) == (answer == 200)


def test_verification_has_one_order(handler):
    known = Message().signed()
    post(known)
    stranger = Keys.of({"stranger": OLD}, "stranger")
    forger = Keys.of({"development": OLD}, "development")
    with time_machine.travel(clock.now(), tick=False):
        # Each has every later fault as well; the first in the order is what is said.
        everything_wrong = replace(known, off=-900)
        assert verdict(post(everything_wrong.signed(stranger))) == (401, "unknown_key")
        assert verdict(post(everything_wrong.signed(forger))) == (400, "signature_stale")
        assert verdict(post(replace(everything_wrong, off=0).signed(forger))) == (409, "nonce_replayed")
        assert verdict(post(replace(known, nonce="fresh").signed(forger))) == (200, True)
        assert verdict(post(Message().signed(forger))) == (401, "signature_invalid")
    assert len(handler.applied) == 1


def test_a_source_that_nobody_registered_is_not_found(handler):
    assert verdict(post(Message(source="nobody").signed())) == (404, "not_found")


def test_no_signature_is_no_entry(handler):
    assert verdict(post(Message())) == (401, "signature_invalid")
    assert handler.applied == []


def test_each_of_two_hundred_single_changed_bytes_is_refused(handler):
    message = Message(data={"amount": 9900, "note": "한글"}).signed()
    draw = random.Random(200)
    signature, nonce_at = message.signature.encode(), message.signature.index("nonce=")
    places = (
        [("body", position) for position in range(len(message.body))]
        + [("event_id", position) for position in range(len(message.event_id))]
        # The bytes before tell the algorithm and the key; those of ts make it stale when they are changed much.
        + [("signature", position) for position in range(nonce_at, len(signature))]
        + [("signature", position) for position in range(signature.index(b"ts="))]
    )

    for part, position in draw.sample(places, 200):
        value = getattr(message, part)
        spoilt = bytearray(value if isinstance(value, bytes) else value.encode())
        spoilt[position] = draw.choice([byte for byte in b"0123456789AZaz+/=-_ " if byte != spoilt[position]])
        changed = bytes(spoilt) if part == "body" else spoilt.decode()
        if part == "event_id" and changed != changed.strip():
            continue  # a server strips a header's edges
        answer = post(replace(message, **{part: changed}))
        assert answer.status_code == 401, (part, position, answer.content)

    assert handler.applied == []
    assert verdict(post(message)) == (200, False)


def test_a_changed_moment_is_forged_or_stale(handler):
    message = Message().signed()
    start = message.signature.index("ts=") + 3

    for position in range(start, start + 10):
        digit = str((int(message.signature[position]) + 1) % 10)
        answer = post(
            replace(message, signature=message.signature[:position] + digit + message.signature[position + 1 :])
        )
        assert answer.status_code in (400, 401)

    assert handler.applied == []


def test_a_thousand_forgeries_with_its_nonce_and_id_do_not_block_the_real_one(handler):
    real = Message().signed()
    forged = replace(real, body=real.body.replace(b"5", b"6"))
    client = Client()

    answers = {post(forged, client=client).status_code for _ in range(1000)}

    assert answers == {401}
    assert verdict(post(real)) == (200, False)
    assert [event.data for event in handler.applied] == [{"amount": 5}]


def test_after_redis_forgot_everything_a_replay_applies_nothing(handler):
    messages = [Message().signed() for _ in range(5)]
    for message in messages:
        post(message)
    redis.client().flushall()

    assert [verdict(post(message)) for message in messages] == [(200, True)] * 5
    assert len(handler.applied) == 5
    assert WebhookEvent.objects.count() == 5


def test_without_redis_events_are_applied_once_all_the_same(handler, settings, monkeypatch):
    from redis.exceptions import ConnectionError as Gone

    def gone():
        raise Gone

    monkeypatch.setattr(redis, "client", gone)
    message = Message().signed()

    assert verdict(post(message)) == (200, False)
    assert verdict(post(message)) == (200, True)
    assert len(handler.applied) == 1


def test_what_redis_remembers_alone_does_not_keep_an_event_out(handler):
    message = Message().signed()
    redis.client().set(f"webhook:event:{message.event_id}", "1")

    assert verdict(post(message)) == (200, False)


def test_a_refusal_of_the_handler_keeps_nothing_and_the_next_try_is_applied(handler):
    message = Message()
    handler.refuses = True

    assert verdict(post(message.signed())) == (409, "not_yet")
    assert WebhookEvent.objects.count() == 0

    handler.refuses = False
    assert verdict(post(replace(message, nonce="second-try").signed())) == (200, False)


def test_our_own_event_sent_back_to_us_is_never_applied(handler):
    endpoint = webhooks.endpoint()
    queue(event_type="webhook.test", payload={}, endpoint_ids=[endpoint.pk], now=clock.now())
    reflected = Message(event_id=WebhookEvent.objects.get().external_id)

    assert verdict(post(reflected.signed())) == (200, True)
    assert handler.applied == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"[]", "malformed_body"),
        (b"{", "malformed_body"),
        (b"\xff", "malformed_body"),
        (b'{"a": NaN}', "malformed_body"),
        (b'{"a": "\\ud800"}', "malformed_body"),
        (b"[" * 50_000, "malformed_body"),
        (b"{}", "validation_error"),
        (b'{"type": 5}', "validation_error"),
        (b'{"type": "x", "data": []}', "validation_error"),
        (b'{"type": "x", "id": "another"}', "validation_error"),
        (b'{"type": "x", "data": {"a": "\\u0000"}}', "malformed_body"),
        (b'{"type": "x", "data": {"a": 1e999}}', "malformed_body"),
        (b'{"type": "\\u0000"}', "malformed_body"),
    ],
)
def test_a_signed_body_without_sense_is_refused(handler, body, code):
    assert verdict(post(Message(body=body).signed())) == (400, code)
    assert handler.applied == []
    assert WebhookEvent.objects.count() == 0


def test_the_id_may_be_in_the_body_alone(handler):
    message = Message().signed()

    answer = Client().post(
        "/api/webhooks/tests",
        message.body,
        content_type="application/json",
        headers={"X-Webhook-Signature": message.signature},
    )

    assert verdict(answer) == (200, False)


def test_a_body_beyond_the_limit_is_refused(handler, settings):
    message = Message(data={"a": "x" * settings.API_MAX_BODY_BYTES}).signed()

    assert verdict(post(message)) == (413, "payload_too_large")


def test_a_rotation_refuses_nobody(handler, settings):
    """The next key is listed everywhere, then becomes active, then the old one goes."""
    both = {"old": OLD, "next": NEXT}
    ours = [({"old": OLD}, "old"), (both, "old"), (both, "next"), ({"next": NEXT}, "next")]
    theirs = ["old", "old", "next", "next"]

    for (settings.WEBHOOK_KEYS, settings.WEBHOOK_ACTIVE_KID), kid in zip(ours, theirs, strict=True):
        assert verdict(post(Message().signed(Keys.of(both, kid)))) == (200, False)
    assert verdict(post(Message().signed(Keys.of(both, "old")))) == (401, "unknown_key")
