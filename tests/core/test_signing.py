"""Signatures of webhooks: as published, in one spelling only, and accepted by a stock verifier."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from casino_club.core import signing
from casino_club.core.signing import Keys, Signature

VECTORS = json.loads((Path(__file__).resolve().parents[2] / "docs" / "webhook-vectors.json").read_text())
CASES = VECTORS["cases"]
KEYS = Keys.of(VECTORS["keys"], "2026a")
BODY = b'{"id":"evt_1","type":"x"}'


def signed(**changes) -> Signature:
    given = {"event_id": "evt_1", "body": BODY, "ts": 1767225600, "nonce": "nonce-0001"}
    return signing.sign(KEYS, **(given | changes))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_published_vector_is_what_we_make(case):
    given = Signature.read(case["headers"]["X-Webhook-Signature"])
    event_id, body = case["headers"]["webhook-id"], case["body"].encode()

    made = signing.sign(
        Keys.of(VECTORS["keys"], given.kid), event_id=event_id, body=body, ts=given.ts, nonce=given.nonce
    )

    assert made == given
    assert made.written() == case["headers"]["X-Webhook-Signature"]
    assert given.holds(KEYS, event_id=event_id, body=body)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_published_vector_can_be_worked_out_with_the_standard_library_alone(case):
    secret = VECTORS["keys"][case["signed"].split(".")[1]].encode()

    digest = hmac.new(secret, case["signed"].encode(), hashlib.sha256).digest()

    assert case["headers"]["X-Webhook-Signature"].endswith(f"sig={base64.b64encode(digest).decode()}")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_stock_verifier_accepts_the_trio(case):
    headers = case["headers"]
    with time_machine.travel(datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC), tick=False):
        assert Webhook(VECTORS["endpoint_secret"]).verify(case["body"], headers)["id"] == headers["webhook-id"]


def test_while_a_secret_is_replaced_the_old_one_verifies_too():
    case = CASES[-1]
    with time_machine.travel(datetime.fromtimestamp(int(case["headers"]["webhook-timestamp"]), UTC), tick=False):
        Webhook(VECTORS["replaced_endpoint_secret"]).verify(case["body"], case["headers"])
        with pytest.raises(WebhookVerificationError):
            Webhook(signing.standard_secret(b"x" * 32)).verify(case["body"], case["headers"])


def test_a_header_is_read_in_one_spelling_only():
    text = signed().written()
    assert Signature.read(text) == signed()

    for position, letter in enumerate(text):
        for other in {"A", "z", "0", " ", ",", "=", "\t"} - {letter}:
            read = Signature.read(text[:position] + other + text[position + 1 :])
            assert read is None or not read.holds(KEYS, event_id="evt_1", body=BODY), (position, other)
        read = Signature.read(text[:position] + text[position + 1 :])
        assert read is None or not read.holds(KEYS, event_id="evt_1", body=BODY), position


@pytest.mark.parametrize("header", [None, "", "sig=x", "algo=none, kid=2026a", "x" * 10_000, signed().written() + "\n"])
def test_what_is_no_header_is_none(header):
    assert Signature.read(header) is None


@pytest.mark.parametrize(("off", "timely"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)])
def test_five_minutes_either_way_are_tolerated(off, timely):
    assert signed().is_timely(1767225600 + off) is timely


def test_another_key_event_or_body_does_not_hold():
    signature = signed()

    assert signature.holds(KEYS, event_id="evt_1", body=BODY)
    assert not signature.holds(KEYS, event_id="evt_2", body=BODY)
    assert not signature.holds(KEYS, event_id="evt_1", body=BODY + b" ")
    assert not signature.holds(Keys.of({"2026b": VECTORS["keys"]["2026b"]}, "2026b"), event_id="evt_1", body=BODY)
    assert not signature.holds(Keys.of({"2026a": "another secret"}, "2026a"), event_id="evt_1", body=BODY)


def test_no_part_can_be_moved_into_its_neighbour():
    with pytest.raises(ValueError, match="may not"):
        signed(event_id="evt.1")
    with pytest.raises(ValueError, match="may not"):
        signed(nonce="nonce.1")


@pytest.mark.parametrize(
    ("secrets", "active", "word"),
    [
        ([], "", "object"),
        ({"a.b": "x"}, "a.b", "key id"),
        ({"": "x"}, "", "key id"),
        ({"a": ""}, "a", "text"),
        ({"a": 5}, "a", "text"),
        ({"a": "secret-of-a"}, "b", "none of the keys"),
        ({"a": "secret-of-a"}, "", "none of the keys"),
        ({}, "a", "none of the keys"),
    ],
)
def test_keys_that_cannot_be_used_are_refused_without_showing_a_secret(secrets, active, word):
    with pytest.raises(signing.MalformedKeys, match=word) as refused:
        Keys.of(secrets, active)

    assert "secret-of-a" not in str(refused.value)
    assert "secret-of-a" not in repr(Keys.of({"a": "secret-of-a"}, "a"))


def test_no_keys_are_keys_that_sign_nothing():
    with pytest.raises(signing.MalformedKeys):
        signing.sign(Keys.of({}, ""), event_id="evt_1", body=BODY, ts=1, nonce="n")


@pytest.mark.parametrize("secret", ["whsec_", "whsec_AAAA", "AAAA", "whsec_!!!!", "whsec_" + "A" * 400])
def test_a_secret_that_is_none_is_refused(secret):
    with pytest.raises(ValueError):  # noqa: PT011 - base64's own sentence or ours
        signing.standard_key(secret)
