"""Every API route, as its description lists them: strangers, bad bodies and hostile values get a 4xx with a code."""

import base64
import itertools
import json
import re

import pytest
from drf_spectacular.generators import SchemaGenerator

from tests import factories

pytestmark = pytest.mark.django_db

HOSTILE = [
    None,
    True,
    -1,
    10**30,
    1.5,
    "",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202e사용자",
    "🎰" * 3,
    "x" * 5000,
    "' OR 1=1 --",
    [],
    {},
    [[1]],
    {"$ne": 1},
]
BROKEN_BODIES = [b"", b"{", b"[]", b"null", b'"text"', b'{"a": NaN}', b"\xff\xfe", b"[" * 50_000, b'{"a":"\\ud800"}']


def operations():
    """(method, path with example arguments, operation) of each described route."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), re.sub(r"\{[^}]*\}", "1", path), operation, schema


OPERATIONS = {f"{method} {path}": (method, path, operation, schema) for method, path, operation, schema in operations()}
PRIVATE = [name for name, found in OPERATIONS.items() if found[2].get("security") and {} not in found[2]["security"]]
WRITING = [
    name
    for name, found in OPERATIONS.items()
    if "application/json" in found[2].get("requestBody", {}).get("content", {})
]


def send(client, method, path, raw, **headers):
    return client.generic(
        method,
        path,
        raw,
        content_type="application/json",
        headers={"Idempotency-Key": headers.pop("key", "k" * 12), **headers},
    )


def caller(path):
    """Headers of somebody who may come in at this door."""
    operators_only = "/admin/" in path or "/recalculate/" in path or "/dev/" in path
    return factories.bearer(factories.operator(superuser=True) if operators_only else factories.player())


def properties(operation, schema):
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    while "$ref" in body:
        body = schema["components"]["schemas"][body["$ref"].rsplit("/", 1)[1]]
    return list(body.get("properties", {}))


def assert_refused(answer, what):
    assert 400 <= answer.status_code < 500, f"{what} → {answer.status_code} {answer.content[:200]}"
    body = answer.json()
    assert re.fullmatch(r"[a-z_]+", body["error"]), what
    assert body["message"], what
    assert answer["X-Request-ID"], what


def test_there_are_doors_to_try():
    assert len(OPERATIONS) >= 20
    assert len(WRITING) >= 8


@pytest.mark.parametrize("name", PRIVATE)
def test_a_stranger_at_a_private_door_is_asked_to_sign_in(client, name):
    method, path, _, _ = OPERATIONS[name]

    answer = send(client, method, path, b"{}")

    assert answer.status_code == 401, answer.content
    assert answer.json()["error"] == "not_authenticated"


@pytest.mark.parametrize("name", PRIVATE)
def test_a_broken_token_is_invalid_and_never_a_defect(client, name):
    method, path, _, _ = OPERATIONS[name]

    for token in ("x", "a.b.c", "é", "x" * 9000):
        answer = client.generic(
            method, path, b"{}", content_type="application/json", headers={"Authorization": f"Bearer {token}"}
        )
        assert (answer.status_code, answer.json()["error"]) == (401, "token_invalid")


@pytest.mark.parametrize("name", WRITING)
def test_a_body_that_is_no_object_is_refused(client, name):
    method, path, _, _ = OPERATIONS[name]
    headers = caller(path)

    for number, raw in enumerate(BROKEN_BODIES):
        answer = send(client, method, path, raw, key=f"broken-{number:04}", **headers)
        if raw == b"" and answer.status_code < 300:
            continue  # a route whose fields are all optional takes no body at all
        assert_refused(answer, f"{name} {raw[:20]!r}")


@pytest.mark.parametrize("name", WRITING)
def test_a_body_beyond_the_limit_is_refused_unread(client, name, settings):
    method, path, _, _ = OPERATIONS[name]
    headers = caller(path)

    answer = send(client, method, path, b'{"a":"' + b"x" * (2 * settings.API_MAX_BODY_BYTES) + b'"}', **headers)

    assert answer.status_code == 413
    assert answer.json()["error"] == "payload_too_large"


@pytest.mark.parametrize("name", WRITING)
def test_no_value_in_any_field_is_a_defect(client, name):
    method, path, operation, schema = OPERATIONS[name]
    headers = caller(path)
    fields = properties(operation, schema)

    for number, (field, value) in enumerate(itertools.product(fields, HOSTILE)):
        raw = json.dumps({field: value}).encode()
        answer = send(client, method, path, raw, key=f"hostile-{number:05}", **headers)
        assert answer.status_code < 500, f"{name} {field}={value!r} → {answer.content[:200]}"
        if answer.status_code >= 400:
            assert_refused(answer, f"{name} {field}={value!r}")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=1e3",
        "limit=٣",
        "cursor=x",
        "cursor=bnVsbA",
        "cursor=%00",
        "since=x",
        "since=2026-01-01",
        "since=%00",
    ],
)
def test_lists_refuse_a_query_that_means_nothing(client, query):
    headers = factories.bearer(factories.player())

    answer = client.get(f"/api/economy/ledger?{query}", headers=headers)

    assert_refused(answer, query)
    assert answer.json()["error"] == "validation_error"


def cursor_of(text):
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("path", ["/api/economy/ledger", "/api/games/history", "/api/auth/sessions"])
@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0100000"},
        {"limit": "00999999999999999999999"},
        *(
            {"cursor": cursor_of(text)}
            for text in (
                '["2026-01-01T00:00:00Z",1e400]',
                "[1e400]",
                "[Infinity]",
                "[1.5]",
                "[true]",
                '["2026-01-01T00:00:00",1]',
                '["0001-01-01T00:00:00+23:59",1]',
                '["9999-12-31T23:59:59-23:59",1]',
                '["2026-01-01T00:00:00Z",9223372036854775808]',
                "{}",
                "[[]]",
                "[" * 300,
            )
        ),
    ],
    ids=str,
)
def test_a_forged_cursor_or_limit_is_refused(client, path, query):
    answer = client.get(path, query, headers=factories.bearer(factories.player()))

    assert_refused(answer, query)


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-13-01T00:00:00Z"])
def test_a_moment_beyond_the_calendar_is_refused(client, since):
    answer = client.get("/api/games/history", {"since": since}, headers=factories.bearer(factories.player()))

    assert_refused(answer, since)


def test_an_unknown_address_is_the_envelope_not_a_page(client):
    answer = client.get("/api/nothing/here")

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_a_method_that_a_door_does_not_take_says_which_it_takes(client):
    answer = client.get("/api/auth/login")

    assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")
    assert "POST" in answer["Allow"]


def test_a_request_id_is_kept_when_well_formed_and_replaced_when_not(client):
    assert client.get("/health", headers={"X-Request-ID": "caller-0001"})["X-Request-ID"] == "caller-0001"
    assert client.get("/health", headers={"X-Request-ID": "no spaces!"})["X-Request-ID"] != "no spaces!"
