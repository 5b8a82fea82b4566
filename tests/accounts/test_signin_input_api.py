"""Whatever is sent to the doors of an account, the answer is a refusal with a code, and nothing has changed."""

import pytest

from accounts.sessions.models import AuthSession
from accounts.users.models import User
from tests import factories

pytestmark = pytest.mark.django_db

ANY_TEXT = [None, 7, 1.5, True, [], {}, "", "\x00", "a\x00b", "\ud800", "x" * 5000, 10**30, "\u202eevil"]
BODIES = {
    "/api/auth/signup": {
        "site_id": [*ANY_TEXT, "ab", "x" * 51, "😀😀😀", "a b c", "유저001", " abc", "abc\n"],
        "nickname": [*ANY_TEXT, "x", "x" * 51, "   ", "mo\u200bon", "\u3164\u3164"],
        "password": [*ANY_TEXT, "short7!", "12345678", "password", "x" * 129, "newcomer1"],
        "invite_code": [*ANY_TEXT, "😀", "nope"],
        "age_confirmed": [None, 0, 1, "true", "yes", [], {}, False],
        "phone_number": [7, 1.5, True, [], {}, "\x00", "1" * 9, "1" * 16, "010-1234-5678", "😀" * 10, "０" * 10],
        "email": [
            7,
            True,
            [],
            {},
            "\x00@x.kr",
            "nobody",
            "a@b",
            "😀@😀",
            "x" * 250 + "@example.com",
            "a b@example.com",
        ],
    },
    "/api/auth/login": {
        "site_id": [*ANY_TEXT, "nobody", "😀"],
        "password": [*ANY_TEXT, "wrong", "😀", "x" * 129],
    },
    "/api/auth/refresh": {"refresh_token": [*ANY_TEXT, "nope", "😀", "x" * 513]},
    "/api/auth/password/change": {
        "current_password": [*ANY_TEXT, "wrong", "😀"],
        "new_password": [*ANY_TEXT, "short7!", "password", factories.PASSWORD, "x" * 129],
    },
    "/api/auth/profile": {
        "nickname": [*ANY_TEXT, "x", "x" * 51, "   ", "mo\u200bon", "이미있는"],
        "phone_number": [7, True, [], {}, "\x00", "1" * 9, "1" * 16, "😀" * 10, "01099998888"],
        "email": [7, True, [], {}, "\x00@x.kr", "nobody", "😀@😀", "x" * 250 + "@example.com"],
        "language": [None, 7, True, [], {}, "fr", "korean", "\x00", "😀"],
    },
}
GOOD = {
    "/api/auth/signup": {
        "site_id": "newcomer",
        "nickname": "새손님",
        "password": factories.PASSWORD,
        "invite_code": "COME-IN",
        "age_confirmed": True,
    },
    "/api/auth/login": {"site_id": "moon-moon", "password": factories.PASSWORD},
    "/api/auth/refresh": {},
    "/api/auth/password/change": {"current_password": factories.PASSWORD, "new_password": "crane-over-the-hill"},
    "/api/auth/profile": {},
}
CASES = [
    pytest.param(path, field, value, id=f"{path.rsplit('/', 1)[-1]}-{field}-{number}")
    for path, fields in BODIES.items()
    for field, values in fields.items()
    for number, value in enumerate(values)
]


@pytest.fixture
def house(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    factories.player(site_id="taken", nickname="이미있는", phone_number="01099998888")
    factories.invite(code="COME-IN")
    return factories.player(site_id="moon-moon", nickname="달빛")


def send(client, path, body, headers):
    method = client.patch if path == "/api/auth/profile" else client.post
    return method(path, body, content_type="application/json", headers=headers)


def state() -> tuple:
    return (
        list(
            User.objects.order_by("pk").values_list("pk", "nickname", "phone_number", "email", "language", "password")
        ),
        AuthSession.objects.count(),
    )


@pytest.mark.parametrize(("path", "field", "value"), CASES)
def test_a_bad_field_is_refused_and_changes_nothing(client, house, path, field, value):
    headers = factories.bearer(house) if "profile" in path or "change" in path else {}
    before = state()
    answer = send(client, path, GOOD[path] | {field: value}, headers)
    assert 400 <= answer.status_code < 500, answer.content
    assert answer.json()["error"]
    assert answer.json()["message"]
    assert state() == before


@pytest.mark.parametrize(
    ("path", "field"),
    [(path, field) for path, fields in GOOD.items() for field in fields] + [("/api/auth/refresh", "refresh_token")],
)
def test_a_missing_field_is_named(client, house, path, field):
    headers = factories.bearer(house) if "change" in path else {}
    body = {name: value for name, value in GOOD[path].items() if name != field}
    answer = send(client, path, body, headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "validation_error")
    assert field in answer.json()["fields"]


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b'"text"', b"null", b"\xff", b'{"a": NaN}', b"[" * 5000])
def test_a_body_that_is_no_object_is_refused(client, house, path, body):
    headers = factories.bearer(house) if "profile" in path or "change" in path else {}
    method = client.patch if path == "/api/auth/profile" else client.post
    answer = method(path, body, content_type="application/json", headers=headers)
    if path == "/api/auth/profile" and body == b"":
        assert answer.status_code in (200, 400)
    else:
        assert answer.status_code == 400, answer.content
        assert answer.json()["error"] in ("validation_error", "malformed_body")


@pytest.mark.parametrize("path", BODIES)
def test_a_form_is_no_api_body(client, house, path):
    headers = factories.bearer(house) if "profile" in path or "change" in path else {}
    method = client.patch if path == "/api/auth/profile" else client.post
    answer = method(path, "site_id=moon", content_type="application/x-www-form-urlencoded", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (415, "unsupported_media_type")


PRIVATE = [
    ("post", "/api/auth/logout"),
    ("post", "/api/auth/logout-all"),
    ("get", "/api/auth/sessions"),
    ("delete", "/api/auth/sessions/4be0643f-1d98-573b-97cd-ca98a65347dd"),
    ("get", "/api/auth/me"),
    ("get", "/api/auth/profile"),
    ("patch", "/api/auth/profile"),
    ("post", "/api/auth/password/change"),
]


@pytest.mark.parametrize(("method", "path"), PRIVATE)
def test_a_private_door_is_closed_to_strangers(client, method, path):
    answer = getattr(client, method)(path)
    assert (answer.status_code, answer.json()["error"]) == (401, "not_authenticated")


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "/api/auth/signup"), ("get", "/api/auth/login"), ("put", "/api/auth/refresh"), ("post", "/api/auth/me")],
)
def test_another_method_is_refused(client, house, method, path):
    answer = getattr(client, method)(path, headers=factories.bearer(house))
    assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")
