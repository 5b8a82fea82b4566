"""Accounts from a file by the API: every line or none, once for a key, by those whose role it is."""

import io
import resource

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.imports import rules
from accounts.users.models import User
from casino_club.core.models import IdempotencyRecord
from economy.ledger.models import Entry, Wallet
from economy.ledger.selectors import wallet_of
from tests import factories

pytestmark = pytest.mark.django_db
PATH = "/api/admin/users/import"
TWO = "site_id,nickname,phone_number,email,language\nmoon,달님,01012345678,moon@example.com,en\nsun,해님,,,\n".encode()


@pytest.fixture
def headers():
    return factories.bearer(factories.operator(role="security"))


def send(client, headers, data, *, key="import-0001", query="", content_type="text/csv"):
    return client.post(f"{PATH}{query}", data, content_type=content_type, headers={**headers, "Idempotency-Key": key})


def test_a_dry_run_reports_each_line_and_writes_nothing(client, headers):
    factories.player(site_id="taken", nickname="달님")

    answer = client.post(
        f"{PATH}?dry_run=1",
        "site_id,nickname\nmoon,달님\nTAKEN,One\nx,Two\nsun,Three\nSun,Four\nfree,sun\n".encode(),
        content_type="text/csv",
        headers=headers,
    )
    report = answer.json()

    assert answer.status_code == 200
    assert {name: report[name] for name in ("dry_run", "total", "created", "faulty")} == {
        "dry_run": True,
        "total": 6,
        "created": 0,
        "faulty": 5,
    }
    codes = [(row["line"], [(one["column"], one["code"]) for one in row.get("errors", [])]) for row in report["rows"]]
    assert codes == [
        (2, [("nickname", "nickname_taken")]),
        (3, [("site_id", "site_id_taken")]),
        (4, [("site_id", "invalid")]),
        (5, []),
        (6, [("site_id", "repeated_in_file")]),
        (7, [("nickname", "repeated_in_file")]),
    ]
    assert not User.objects.filter(site_id="sun").exists()


def test_a_real_run_makes_accounts_with_wallet_and_welcome_gift(client, headers):
    answer = send(client, headers, TWO)
    moon, sun = answer.json()["rows"]

    assert (answer.status_code, answer.json()["created"]) == (201, 2)
    assert "one_time_password" not in moon
    user = User.objects.get(site_id="moon")
    assert (user.pk, user.phone_number, user.email, user.language) == (
        moon["user_id"],
        "01012345678",
        "moon@example.com",
        "en",
    )
    assert not user.has_usable_password()
    assert not user.must_change_password
    assert wallet_of(sun["user_id"]).gold == 1000
    assert Entry.objects.filter(player_id=user.pk, reason="welcome.grant").count() == 1


def test_a_one_time_password_opens_the_door_once_and_must_be_changed(client, headers):
    password = send(client, headers, TWO).json()["rows"][1]["one_time_password"]

    signed_in = client.post(
        "/api/auth/login", {"site_id": "해님", "password": password}, content_type="application/json"
    ).json()
    bearer = {"Authorization": f"Bearer {signed_in['access_token']}"}

    assert signed_in["user"]["must_change_password"] is True
    assert client.get("/api/economy/wallet", headers=bearer).json()["error"] == "password_change_required"
    changed = client.post(
        "/api/auth/password/change",
        {"current_password": password, "new_password": "plum-and-crane-7"},
        content_type="application/json",
        headers=bearer,
    )
    assert changed.status_code == 200
    assert client.get("/api/economy/wallet", headers=bearer).status_code == 200


def test_one_faulty_line_stops_all_of_them(client, headers):
    before = User.objects.count()

    answer = send(client, headers, TWO + "x,나쁜 줄,,,\n".encode())

    assert (answer.status_code, answer.json()["error"]) == (400, "import_refused")
    assert [row["status"] for row in answer.json()["rows"]] == ["ok", "ok", "error"]
    assert User.objects.count() == before
    assert send(client, headers, TWO).status_code == 201, "a refusal must not use up the key"


def test_a_repeat_makes_nothing_and_tells_no_password(client, headers):
    first = send(client, headers, TWO)
    again = send(client, headers, TWO)
    other = send(client, headers, TWO.replace(b"moon", b"noon"))

    assert again["Idempotency-Hit"] == "true"
    assert again.status_code == 201
    assert [row["user_id"] for row in again.json()["rows"]] == [row["user_id"] for row in first.json()["rows"]]
    assert "password" not in again.content.decode()
    assert (other.status_code, other.json()["error"]) == (422, "idempotency_key_reused")
    assert User.objects.filter(site_id__in=["moon", "sun", "noon"]).count() == 2


def test_what_is_kept_for_a_repeat_and_for_the_audit_holds_nothing_personal(client, headers):
    send(client, headers, TWO, query="?reason=spring+league")

    record = IdempotencyRecord.objects.get()
    event = User.pgh_event_models["insert"].objects.filter(pgh_obj__site_id="moon").select_related("pgh_context").get()
    assert event.pgh_context.metadata["reason"] == "spring league"
    kept = f"{record.body} {record.fingerprint} {event.pgh_context.metadata}"
    for personal in ("moon", "달님", "해님", "0101234", "example.com"):
        assert personal not in kept


def test_a_real_run_needs_a_key(client, headers):
    answer = client.post(PATH, TWO, content_type="text/csv", headers=headers)

    assert (answer.status_code, answer.json()["error"]) == (400, "idempotency_key_required")


def test_a_form_with_a_file_is_taken_too(client, headers):
    file = SimpleUploadedFile("users.csv", TWO, content_type="text/csv")

    answer = client.post(f"{PATH}?dry_run=true", {"file": file}, headers=headers)

    assert (answer.status_code, answer.json()["total"]) == (200, 2)


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b"", "text/csv", 400),
        (b"\xff\xfe\x00", "text/csv", 400),
        (b"site_id,nickname\n", "text/csv", 400),
        (b"{}", "application/json", 415),
        (b"--x\r\n", "multipart/form-data; boundary=x", 400),
        (b"x", "multipart/form-data", 400),
        (b"x", "", 415),
    ],
)
def test_what_is_no_file_of_accounts_is_refused(client, headers, data, content_type, status):
    answer = client.generic("POST", f"{PATH}?dry_run=1", data, content_type=content_type, headers=headers)

    assert answer.status_code == status, answer.content
    assert answer.json()["error"]


@pytest.mark.parametrize("query", ["?dry_run=maybe", "?reason=" + "x" * 201, "?reason=a%00b"])
def test_a_query_that_means_nothing_is_refused(client, headers, query):
    assert send(client, headers, TWO, query=query).json()["error"] == "validation_error"


@pytest.mark.parametrize("content_type", ["text/csv", "multipart"])
def test_a_file_beyond_the_limit_is_refused(client, headers, content_type):
    for size in (rules.MOST_BYTES + 1, rules.MOST_BYTES + 100_000):
        data = b"x" * size
        if content_type == "multipart":
            answer = client.post(f"{PATH}?dry_run=1", {"file": io.BytesIO(data)}, headers=headers)
        else:
            answer = send(client, headers, data)
        assert (answer.status_code, answer.json()["error"]) == (413, "payload_too_large")


@pytest.mark.parametrize(
    ("role", "allowed"), [(None, False), ("support", False), ("economy", False), ("security", True), ("super", True)]
)
def test_only_security_may_import(client, role, allowed):
    operator = factories.operator(superuser=True) if role == "super" else factories.operator(role=role)

    answer = send(client, factories.bearer(operator), TWO)

    assert answer.status_code == (201 if allowed else 403)


def test_players_and_strangers_may_not(client):
    assert send(client, factories.bearer(factories.player()), TWO).json()["error"] == "permission_denied"
    assert send(client, {}, TWO).status_code == 401


def test_ten_thousand_accounts_fit_in_bounded_memory(client, headers):
    rows = "".join(
        f"user-{n},플레이어 {n},010{n:08},{'' if n % 2 else f'u{n}@example.com'}\n" for n in range(rules.MOST_ROWS)
    )
    data = f"site_id,nickname,phone_number,email\n{rows}".encode()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    answer = send(client, headers, data)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024

    assert answer.json()["created"] == rules.MOST_ROWS
    assert Wallet.objects.filter(gold=1000).count() == rules.MOST_ROWS
    assert grown < 150, f"{grown:.0f} MiB"
