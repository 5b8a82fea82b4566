"""A player's data through a life: taken along complete, and after leaving found nowhere, with the books in balance."""

import json
import uuid

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection

from accounts.inbox.models import Notification
from accounts.sessions.models import AuthSession
from accounts.users.models import LoginName, User
from casino_club.core import presence, redis
from casino_club.web.privacy.tables import TABLES
from games.fairness.models import SeedPair
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "203.0.113.77"
AGENT = "Mozilla/5.0 (X11; Linux x86_64) MoonBrowser/7.7"
NAMES = {
    "site_id": "moonwatcher",
    "nickname": "달지기",
    "phone_number": "01098765432",
    "email": "moon.watcher@example.com",
}
PASSWORD = "plum-and-crane-7"
PERSONAL = [*NAMES.values(), "별지기", ADDRESS, "MoonBrowser", "두 번째 이름"]


def json_post(client, path, body, **headers):
    return client.post(
        path,
        body,
        content_type="application/json",
        REMOTE_ADDR=ADDRESS,
        headers={"User-Agent": AGENT, "Idempotency-Key": uuid.uuid4().hex, **headers},
    )


@pytest.fixture
def life(client):
    """A player who has done most of what one can do; their id and headers."""
    factories.invite(code="5858")
    call_command("seed_basic", verbosity=0)
    joined = json_post(
        client,
        "/api/auth/signup",
        {**NAMES, "password": PASSWORD, "invite_code": "5858", "age_confirmed": True},
    ).json()
    headers = {"Authorization": f"Bearer {joined['access_token']}"}
    user = User.objects.get(pk=joined["user"]["id"])
    client.patch(
        "/api/auth/profile",
        {"nickname": "별지기"},
        content_type="application/json",
        REMOTE_ADDR=ADDRESS,
        headers={"User-Agent": AGENT, **headers},
    )
    json_post(client, "/api/auth/login", {"site_id": "별지기", "password": "wrong"})
    json_post(client, "/api/auth/refresh", {"refresh_token": joined["refresh_token"]})
    json_post(client, "/api/streak/claim", {}, **headers)
    json_post(client, "/api/vip/claim", {}, **headers)
    for _ in range(3):
        json_post(client, "/api/games/slot/spin", {"bet_amount": 20, "lines": 20}, **headers)
    for event in client.get("/api/events", headers=headers).json()["results"]:
        json_post(client, "/api/events/join", {"event_id": event["id"]}, **headers)
    json_post(client, "/api/games/fairness/rotate", {"client_seed": "mine"}, **headers)
    json_post(client, "/api/games/slot/spin", {"bet_amount": 20, "lines": 20}, **headers)

    browser = factories.browser(user)
    browser.post("/profile", {**NAMES, "nickname": "두 번째 이름", "language": "en"}, REMOTE_ADDR=ADDRESS)
    operator = factories.operator(superuser=True)
    desk = factories.browser(operator)
    desk.post(f"/admin/accounts/user/{user.pk}/change/", {"is_active": "on", "audit_reason": "A test"})
    return user.pk, headers


def everything_in_postgres() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        names = [name for (name,) in cursor.fetchall()]
        rows = []
        for name in names:
            cursor.execute(f"SELECT row_to_json(t)::text FROM {name} AS t")
            rows += [f"{name} {row}" for (row,) in cursor.fetchall()]
    rows += [json.dumps(session.get_decoded(), ensure_ascii=False) for session in Session.objects.all()]
    return "\n".join(rows)


def everything_in_redis() -> str:
    client = redis.client()
    read = {
        b"string": client.get,
        b"set": client.smembers,
        b"hash": client.hgetall,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"zset": lambda key: client.zrange(key, 0, -1),
    }
    found = [f"{key!r} {read[client.type(key)](key)!r}" for key in client.keys("*")]
    return "\n".join(line for line in found if "LIMIT" not in line).encode().decode("unicode_escape")


def test_an_export_holds_every_table_and_no_secret(client, life):
    user_id, headers = life

    answer = client.get("/api/account/export", headers=headers)
    text = b"".join(answer.streaming_content).decode()
    data = json.loads(text)

    assert answer["Content-Disposition"] == 'attachment; filename="casino-club.json"'
    assert data["format"] == 1
    assert list(data["tables"]) == [held.table._meta.db_table for held in TABLES]
    for name in (
        "accounts_user",
        "accounts_authsession",
        "economy_wallet",
        "economy_entry",
        "user_rewards",
        "games_round",
        "games_seedpair",
        "events_participation",
        "economy_attendanceday",
        "user_game_stats",
    ):
        assert data["tables"][name], f"{name} is empty"
    (me,) = data["tables"]["accounts_user"]
    assert (me["email"], me["nickname"]) == (NAMES["email"], "두 번째 이름")
    gold = [entry for entry in data["tables"]["economy_entry"] if entry["asset"] == "gold"]
    assert sum(entry["amount"] for entry in gold) == data["tables"]["economy_wallet"][0]["gold"]
    active = SeedPair.objects.get(player_id=user_id, revealed_at=None)
    assert bytes(active.server_seed).hex() not in text
    assert [bool(pair["revealed_server_seed"]) for pair in data["tables"]["games_seedpair"]] == [True, False]
    assert User.objects.get(pk=user_id).password not in text
    assert "token_hash" not in text


def test_an_export_is_only_ones_own(client, life):
    _, headers = life
    other = factories.player(nickname="남의 이름")

    text = b"".join(client.get("/api/account/export", headers=headers).streaming_content).decode()

    assert "남의 이름" not in text
    assert f'"player_id":{other.pk},' not in text


def test_after_leaving_nothing_personal_is_found_anywhere_and_the_books_balance(client, life):
    user_id, headers = life
    before = everything_in_postgres()
    for word in (*NAMES.values(), ADDRESS, "MoonBrowser", "두 번째 이름"):
        if word != NAMES["nickname"]:
            assert word in before, f"{word} was never there: the test looks in the wrong place"
    assert str(user_id) in everything_in_redis()

    answer = json_post(client, "/api/account/delete", {"password": PASSWORD}, **headers)

    assert (answer.status_code, answer.content) == (204, b"")
    postgres, in_redis = everything_in_postgres(), everything_in_redis()
    assert [word for word in PERSONAL if word in postgres] == []
    assert [word for word in PERSONAL if word in in_redis] == []
    assert [line for line in in_redis.splitlines() if f"user:{user_id}:" in line or f"claimed:{user_id}:" in line] == []
    assert redis.client().zscore(presence.KEY, user_id) is None
    call_command("reconcile")

    user = User.objects.get(pk=user_id)
    assert (user.site_id, user.nickname, user.is_active) == (f"deleted:{user_id}", "탈퇴한 회원", False)
    assert not user.has_usable_password()
    assert not LoginName.objects.filter(user=user).exists()
    assert not Notification.objects.filter(player=user).exists()
    assert not AuthSession.objects.filter(user=user, revoked_at=None).exists()


def test_whoever_left_is_refused_everywhere_and_the_names_are_free(client, life):
    _, headers = life
    json_post(client, "/api/account/delete", {"password": PASSWORD}, **headers)

    again = json_post(client, "/api/account/delete", {"password": PASSWORD}, **headers)
    assert (again.status_code, again.json()["error"]) == (401, "token_invalid")
    for name in (NAMES["site_id"], "두 번째 이름"):
        refused = json_post(client, "/api/auth/login", {"site_id": name, "password": PASSWORD})
        assert refused.json()["error"] == "invalid_credentials"
    joined = json_post(
        client,
        "/api/auth/signup",
        {**NAMES, "password": PASSWORD, "invite_code": "5858", "age_confirmed": True},
    )
    assert joined.status_code == 201
