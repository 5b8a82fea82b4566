"""The doors of an account, as an API client finds them."""

import pytest
from django.test import Client

from accounts.sessions.models import AuthSession
from accounts.users.models import User
from casino_club.core import clock
from economy.ledger.models import Entry, Wallet
from tests import factories

pytestmark = pytest.mark.django_db

USER_FIELDS = {
    "id",
    "site_id",
    "nickname",
    "phone_number",
    "email",
    "is_active",
    "is_admin",
    "created_at",
    "last_login",
    "must_change_password",
    "gold_balance",
    "regular_coin_balance",
    "premium_gem_balance",
    "level",
    "experience",
    "max_experience",
    "total_experience",
    "battlepass_level",
    "vip_points",
    "vip_tier",
}


def post(client: Client, path: str, body: dict | None = None, **kwargs):
    return client.post(path, body if body is not None else {}, content_type="application/json", **kwargs)


def application(**fields) -> dict:
    form = {
        "site_id": "moon",
        "nickname": "달빛",
        "password": factories.PASSWORD,
        "invite_code": factories.invite(code="COME-IN").code,
        "age_confirmed": True,
    }
    return form | fields


def login(client: Client, name: str = "moon", password: str = factories.PASSWORD, **kwargs):
    return post(client, "/api/auth/login", {"site_id": name, "password": password}, **kwargs)


def test_signing_up_gives_tokens_a_wallet_and_the_welcome_gift(client):
    answer = post(client, "/api/auth/signup", application(phone_number="01012345678", email="moon@example.com"))
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"access_token", "refresh_token", "token_type", "user"}
    assert body["token_type"] == "bearer"
    assert set(body["user"]) == USER_FIELDS
    user = body["user"]
    assert (user["gold_balance"], user["regular_coin_balance"], user["level"]) == (1000, 1000, 1)
    assert (user["max_experience"], user["is_admin"], user["created_at"][-1]) == (1000, False, "Z")
    me = client.get("/api/auth/me", headers={"Authorization": f"Bearer {body['access_token']}"})
    assert me.json() == user


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"site_id": "TAKEN"}, "site_id_taken"),
        ({"nickname": "taken"}, "nickname_taken"),
        ({"nickname": "이미있는"}, "nickname_taken"),
        ({"phone_number": "01099998888"}, "phone_taken"),
        ({"invite_code": "NOPE"}, "invite_invalid"),
        ({"age_confirmed": False}, "age_not_confirmed"),
    ],
)
def test_a_refused_sign_up_says_why_and_leaves_nothing(client, fields, code):
    factories.player(site_id="taken", nickname="이미있는", phone_number="01099998888")
    entries = Entry.objects.count()
    answer = post(client, "/api/auth/signup", application(**fields))
    assert (answer.status_code, answer.json()["error"]) == (409, code)
    assert (User.objects.count(), Wallet.objects.count(), Entry.objects.count()) == (1, 1, entries)


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"max_uses": 1, "used_count": 1}, "invite_exhausted"), ({"expires_at": clock.now()}, "invite_expired")],
)
def test_a_code_that_is_over_is_refused(client, fields, code):
    invite = factories.invite(**fields)
    answer = post(client, "/api/auth/signup", application(invite_code=invite.code))
    assert (answer.status_code, answer.json()["error"]) == (409, code)


def test_sign_ups_are_rated_by_address(client, settings):
    settings.RATE_SIGNUP_PER_HOUR = 2
    for _ in range(2):
        assert post(client, "/api/auth/signup", {}).status_code == 400
    answer = post(client, "/api/auth/signup", {})
    assert (answer.status_code, answer.json()["error"]) == (429, "rate_limited")
    assert int(answer["Retry-After"]) >= 1


def test_signing_in_by_nickname_answers_flat(client):
    factories.player(site_id="moon", nickname="달빛")
    answer = login(client, "달빛")
    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "refresh_token", "token_type", "user"}
    assert set(answer.json()["user"]) == USER_FIELDS


@pytest.mark.parametrize("name", ["moon", "nobody"])
def test_a_wrong_sign_in_is_answered_in_one_way(client, name):
    factories.player(site_id="moon")
    answer = login(client, name, "wrong-password", headers={"Accept-Language": "ko"})
    assert answer.status_code == 401
    assert answer.json() == {
        "error": "invalid_credentials",
        "message": "아이디 또는 비밀번호가 올바르지 않습니다.",
    }


@pytest.mark.parametrize("name", ["moon", "nobody"])
def test_the_sixth_attempt_is_told_how_long_to_wait(client, name):
    factories.player(site_id="moon")
    for _ in range(5):
        assert login(client, name, "wrong-password").status_code == 401
    answer = login(client, name, headers={"Accept-Language": "ko"})
    assert answer.status_code == 429
    assert answer.json() == {
        "error": "login_locked",
        "message": "로그인 시도 제한을 초과했습니다. 잠시 후 다시 시도해주세요.",
        "retry_after_minutes": 10,
    }
    assert 590 <= int(answer["Retry-After"]) <= 600


def test_signing_in_looks_at_no_token(client):
    factories.player(site_id="moon")
    assert login(client, headers={"Authorization": "Bearer rubbish"}).status_code == 200


def test_a_refresh_token_is_spent_once_and_its_second_use_ends_the_family(client):
    factories.player(site_id="moon")
    first = login(client).json()
    renewed = post(client, "/api/auth/refresh", {"refresh_token": first["refresh_token"]})
    assert renewed.status_code == 200
    assert set(renewed.json()) == {"access_token", "refresh_token", "token_type"}
    again = post(client, "/api/auth/refresh", {"refresh_token": first["refresh_token"]})
    assert (again.status_code, again.json()["error"]) == (401, "token_invalid")
    for token in (first["access_token"], renewed.json()["access_token"]):
        answer = client.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["error"]) == (401, "token_invalid")


def test_refreshes_are_rated_by_address(client, settings):
    settings.RATE_REFRESH_PER_MINUTE = 1
    post(client, "/api/auth/refresh", {"refresh_token": "x"})
    assert post(client, "/api/auth/refresh", {"refresh_token": "x"}).json()["error"] == "rate_limited"


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer x", "Bearer a b c", "bearer ÿ", "Bearer " + "x" * 5000]
)
def test_a_bad_token_is_invalid(client, header):
    answer = client.get("/api/auth/me", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["error"]) == (401, "token_invalid")
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["", "Basic bW9vbjpwdw==", "Token abc"])
def test_a_caller_without_a_token_is_not_authenticated(client, header):
    answer = client.get("/api/auth/me", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.json()["error"]) == (401, "not_authenticated")


def test_leaving_ends_this_session_only(client):
    player = factories.player()
    here, there = factories.bearer(player), factories.bearer(player)
    assert post(client, "/api/auth/logout", headers=here).status_code == 204
    assert client.get("/api/auth/me", headers=here).status_code == 401
    assert client.get("/api/auth/me", headers=there).status_code == 200


def test_leaving_everywhere_ends_every_session(client):
    player = factories.player()
    here, browser = factories.bearer(player), factories.browser(player)
    assert post(client, "/api/auth/logout-all", headers=here).json() == {"sessions_ended": 2}
    assert client.get("/api/auth/me", headers=here).status_code == 401
    assert browser.get("/api/auth/me").status_code == 401


def test_a_player_sees_their_own_sessions_page_by_page(client):
    player = factories.player()
    factories.session(factories.player())
    headers = factories.bearer(player)
    cookie = factories.session(player, "cookie")
    first = client.get("/api/auth/sessions?limit=1", headers=headers).json()
    assert [row["id"] for row in first["results"]] == [str(cookie.pk)]
    assert first["results"][0]["is_current"] is False
    second = client.get("/api/auth/sessions", {"limit": 1, "cursor": first["next"]}, headers=headers).json()
    assert second["results"][0]["is_current"] is True
    assert second["next"] is None


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "cursor=%00", "cursor=bm9wZQ", "cursor=W10"])
def test_a_broken_page_is_refused(client, query):
    answer = client.get(f"/api/auth/sessions?{query}", headers=factories.bearer(factories.player()))
    assert (answer.status_code, answer.json()["error"]) == (400, "validation_error")


def test_a_session_is_ended_from_the_list(client):
    player = factories.player()
    other = factories.session(player)
    headers = factories.bearer(player)
    assert client.delete(f"/api/auth/sessions/{other.pk}", headers=headers).status_code == 204
    assert client.delete(f"/api/auth/sessions/{other.pk}", headers=headers).status_code == 404


def test_other_peoples_sessions_and_nonsense_are_not_found(client):
    strangers = factories.session(factories.player())
    headers = factories.bearer(factories.player())
    for wanted in (strangers.pk, "1", "x" * 500, "%00", "😀"):
        answer = client.delete(f"/api/auth/sessions/{wanted}", headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    assert AuthSession.objects.get(pk=strangers.pk).revoked_at is None


def test_a_deactivated_player_is_refused_at_once(client):
    player = factories.player()
    headers, browser = factories.bearer(player), factories.browser(player)
    User.objects.filter(pk=player.pk).update(is_active=False)
    assert client.get("/api/auth/me", headers=headers).json()["error"] == "token_invalid"
    assert browser.get("/api/auth/me").json()["error"] == "not_authenticated"


def test_knowing_who_asks_takes_one_statement(client, django_assert_num_queries):
    headers = factories.bearer(factories.player())
    with django_assert_num_queries(3):  # the session with its user; the wallet and the season that /me shows
        client.get("/api/auth/me", headers=headers)


def test_the_profile_adds_language_statistics_and_streak(client):
    body = client.get("/api/auth/profile", headers=factories.bearer(factories.player())).json()
    assert set(body) == USER_FIELDS | {"language", "stats", "streak"}
    assert body["streak"]["count"] == 0
    assert body["stats"]["total_bets"] == 0


def test_a_profile_is_changed_field_by_field(client):
    player = factories.player(email="moon@example.com")
    changes = {"nickname": "새 이름", "phone_number": "01012345678", "language": "en", "email": None}
    answer = client.patch(
        "/api/auth/profile", changes, content_type="application/json", headers=factories.bearer(player)
    )
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in changes} == changes


def test_what_is_not_the_players_to_change_stays(client):
    player = factories.player(site_id="moon")
    more = {"is_staff": True, "is_superuser": True, "site_id": "boss", "id": 1, "gold_balance": 10**9, "password": "x"}
    answer = client.patch(
        "/api/auth/profile",
        {"nickname": "별빛"} | more,
        content_type="application/json",
        headers=factories.bearer(player),
    )
    assert answer.json()["gold_balance"] == 1000
    kept = User.objects.get(pk=player.pk)
    assert (kept.nickname, kept.site_id, kept.is_staff, kept.password) == ("별빛", "moon", False, player.password)


def test_a_taken_nickname_is_refused(client):
    factories.player(nickname="달빛")
    answer = client.patch(
        "/api/auth/profile",
        {"nickname": "달빛"},
        content_type="application/json",
        headers=factories.bearer(factories.player()),
    )
    assert (answer.status_code, answer.json()["error"]) == (409, "nickname_taken")


def test_a_changed_password_keeps_this_session_and_ends_the_others(client):
    player = factories.player(site_id="moon")
    here, there = factories.bearer(player), factories.bearer(player)
    body = {"current_password": factories.PASSWORD, "new_password": "crane-over-the-hill"}
    assert post(client, "/api/auth/password/change", body, headers=here).json() == {"sessions_ended": 1}
    assert client.get("/api/auth/me", headers=here).status_code == 200
    assert client.get("/api/auth/me", headers=there).status_code == 401
    assert login(client, password="crane-over-the-hill").status_code == 200


def test_until_the_password_is_changed_only_that_and_leaving_is_open(client):
    player = factories.player(must_change_password=True)
    headers = factories.bearer(player)
    for path in ("/api/auth/profile", "/api/auth/sessions", "/api/economy/wallet", "/api/streak/status"):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (403, "password_change_required"), path
    assert client.get("/api/auth/me", headers=headers).json()["must_change_password"] is True
    body = {"current_password": factories.PASSWORD, "new_password": "crane-over-the-hill"}
    assert post(client, "/api/auth/password/change", body, headers=headers).status_code == 200
    assert client.get("/api/auth/profile", headers=headers).status_code == 200


def test_a_browsers_cookie_works_with_its_csrf_token_only():
    browser = factories.browser(factories.player(), enforce_csrf_checks=True)
    assert browser.get("/api/auth/me").status_code == 200
    answer = post(browser, "/api/auth/logout")
    assert (answer.status_code, answer.json()["error"]) == (403, "permission_denied")
    browser.get("/profile")
    token = browser.cookies["csrf"].value
    assert post(browser, "/api/auth/logout", headers={"X-CSRFToken": token}).status_code == 204
    assert browser.get("/api/auth/me").status_code == 401
