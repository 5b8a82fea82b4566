"""The pages of an account, as a browser without JavaScript finds them."""

import pytest
from django.test import Client

from accounts.sessions.models import AuthSession, RevokedFor, SessionKind
from accounts.users.models import User
from casino_club.core import redis
from economy.ledger.selectors import wallet_of
from tests import factories

pytestmark = pytest.mark.django_db


def sign_in(client: Client, name: str = "moon", password: str = factories.PASSWORD, **more):
    return client.post("/login", {"site_id": name, "password": password} | more)


def application(**fields) -> dict:
    form = {
        "site_id": "moon",
        "nickname": "달빛",
        "password": factories.PASSWORD,
        "invite_code": "COME-IN",
        "age_confirmed": "on",
        "phone_number": "",
        "email": "",
    }
    return form | fields


def page(answer) -> str:
    return answer.content.decode()


def test_a_newcomer_signs_up_and_is_signed_in(client):
    factories.invite(code="COME-IN")
    answer = client.post("/signup", application())
    assert (answer.status_code, answer["Location"]) == (302, "/")
    user = User.objects.get(site_id="moon")
    assert wallet_of(user.pk).gold == 1000
    assert client.get("/api/auth/me").json()["nickname"] == "달빛"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"site_id": "Taken"}, "site_id"),
        ({"site_id": "가나다"}, "site_id"),
        ({"nickname": "taken"}, "nickname"),
        ({"nickname": "mo\u200bon"}, "nickname"),
        ({"password": "12345678"}, "password"),
        ({"invite_code": "NOPE"}, "invite_code"),
        ({"age_confirmed": ""}, "age_confirmed"),
        ({"phone_number": "01099998888"}, "phone_number"),
        ({"phone_number": "010-1234-5678"}, "phone_number"),
        ({"email": "nobody"}, "email"),
    ],
)
def test_a_refusal_stands_beside_its_field_and_what_was_typed_stays(client, fields, field):
    factories.player(site_id="taken", phone_number="01099998888")
    factories.invite(code="COME-IN")
    answer = client.post("/signup", application(**fields))
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert 'aria-invalid="true"' in page(answer)
    assert factories.PASSWORD not in page(answer)
    assert User.objects.count() == 1


def test_sign_ups_by_form_are_rated_too(client, settings):
    settings.RATE_SIGNUP_PER_HOUR = 0
    answer = client.post("/signup", application())
    assert answer.status_code == 429
    assert answer["Retry-After"]


def test_signing_in_leads_where_one_wanted_to_go(client):
    factories.player(site_id="moon")
    answer = sign_in(client, next="/profile")
    assert (answer.status_code, answer["Location"]) == (302, "/profile")


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "javascript:alert(1)", "http:///evil.example", "\\\\evil.example"],
)
def test_signing_in_leads_nowhere_else(client, elsewhere):
    factories.player(site_id="moon")
    assert sign_in(client, next=elsewhere)["Location"] == "/"


def test_a_wrong_password_shakes_the_form_and_keeps_the_name(client):
    factories.player(site_id="moon")
    answer = sign_in(client, password="wrong-password")
    assert answer.status_code == 200
    assert "data-refused" in page(answer)
    assert "아이디 또는 비밀번호가 올바르지 않습니다." in page(answer)
    assert 'value="moon"' in page(answer)
    assert "wrong-password" not in page(answer)


def test_a_lock_counts_down_with_a_closed_button(client):
    factories.player(site_id="moon")
    for _ in range(5):
        sign_in(client, password="wrong-password")
    answer = sign_in(client)
    assert answer.status_code == 429
    seconds = int(answer["Retry-After"])
    assert f'data-retry-after-seconds="{seconds}"' in page(answer)
    assert "로그인 시도 제한을 초과했습니다. 잠시 후 다시 시도해주세요." in page(answer)
    assert "disabled aria-describedby" in page(answer)


def test_the_page_and_the_api_share_one_lock(client):
    factories.player(site_id="moon")
    for _ in range(5):
        sign_in(client, password="wrong-password")
    body = {"site_id": "moon", "password": factories.PASSWORD}
    assert client.post("/api/auth/login", body, content_type="application/json").status_code == 429


def test_signing_in_takes_a_new_cookie_so_that_none_can_be_planted(client):
    factories.player(site_id="moon")
    session = client.session
    session["planted"] = "by a stranger"
    session.save()
    planted = session.session_key
    client.cookies["session"] = planted
    sign_in(client)
    assert client.cookies["session"].value != planted
    assert "planted" not in client.session
    assert not client.session.exists(planted)


def test_signing_in_needs_the_csrf_token():
    browser = Client(enforce_csrf_checks=True)
    assert sign_in(browser).status_code == 403


def test_somebody_signed_in_is_led_away_from_the_door():
    browser = factories.browser(factories.player())
    for path in ("/login", "/signup"):
        assert browser.get(f"{path}?next=/profile")["Location"] == "/profile"


def test_leaving_ends_the_session_for_good():
    player = factories.player()
    browser = factories.browser(player)
    stolen = browser.cookies["session"].value
    assert browser.post("/logout")["Location"] == "/"
    assert AuthSession.objects.get(user=player).revoked_for == RevokedFor.LOGOUT
    thief = Client()
    thief.cookies["session"] = stolen
    assert thief.get("/api/auth/me").status_code == 401


def test_leaving_twice_is_harmless(client):
    assert client.post("/logout").status_code == 302
    assert client.get("/logout").status_code == 405


def test_a_revoked_session_is_refused_on_its_next_page():
    player = factories.player()
    browser = factories.browser(player)
    assert browser.get("/profile").status_code == 200
    AuthSession.objects.filter(user=player).update(revoked_at=player.created_at, revoked_for=RevokedFor.ENDED)
    assert browser.get("/profile")["Location"].startswith("/login?next=/profile")


def test_an_empty_redis_signs_nobody_out():
    browser = factories.browser(factories.player())
    assert browser.get("/profile").status_code == 200
    redis.client().flushall()
    assert browser.get("/profile").status_code == 200


def test_the_profile_shows_and_changes_what_is_the_players_own():
    player = factories.player(nickname="달빛")
    browser = factories.browser(player)
    assert "달빛" in page(browser.get("/profile"))
    answer = browser.post("/profile", {"nickname": "별빛", "phone_number": "", "email": "", "language": "en"})
    assert answer["Location"] == "/profile"
    assert answer.cookies["django_language"].value == "en"
    player.refresh_from_db()
    assert (player.nickname, player.language) == ("별빛", "en")
    assert 'lang="en"' in page(browser.get("/profile"))


def test_a_taken_nickname_is_told_beside_the_field():
    factories.player(nickname="별빛")
    browser = factories.browser(factories.player())
    answer = browser.post("/profile", {"nickname": "별빛", "phone_number": "", "email": "", "language": ""})
    assert "nickname" in answer.context["form"].errors


def test_another_device_is_signed_out_from_the_list():
    player = factories.player()
    other = factories.session(player)
    browser = factories.browser(player)
    assert str(other.pk) in page(browser.get("/profile"))
    browser.post("/profile/sessions/end", {"session": str(other.pk)})
    other.refresh_from_db()
    assert other.revoked_for == RevokedFor.ENDED


@pytest.mark.parametrize("wanted", ["", "nonsense", "\x00", "0"])
def test_nonsense_ends_no_session(wanted):
    browser = factories.browser(factories.player())
    assert browser.post("/profile/sessions/end", {"session": wanted})["Location"] == "/profile"


def test_nobody_ends_anothers_session():
    strangers = factories.session(factories.player())
    factories.browser(factories.player()).post("/profile/sessions/end", {"session": str(strangers.pk)})
    strangers.refresh_from_db()
    assert strangers.revoked_at is None


def test_all_other_devices_are_signed_out_and_this_one_stays():
    player = factories.player()
    factories.session(player)
    browser = factories.browser(player)
    browser.post("/profile/sessions/end-others")
    assert AuthSession.objects.get(user=player, revoked_at__isnull=True).kind == SessionKind.COOKIE
    assert browser.get("/profile").status_code == 200


def test_a_password_is_changed_and_this_browser_stays():
    player = factories.player(site_id="moon")
    browser, other = factories.browser(player), factories.browser(player)
    old_cookie = browser.cookies["session"].value
    form = {"current_password": factories.PASSWORD, "new_password": "crane-over-the-hill"}
    assert browser.post("/password/change", form)["Location"] == "/profile"
    assert browser.cookies["session"].value != old_cookie
    assert browser.get("/profile").status_code == 200
    assert other.get("/profile").status_code == 302
    assert sign_in(Client(), password="crane-over-the-hill").status_code == 302


def test_a_wrong_current_password_is_told_beside_the_field():
    browser = factories.browser(factories.player())
    form = {"current_password": "wrong", "new_password": "crane-over-the-hill"}
    assert list(browser.post("/password/change", form).context["form"].errors) == ["current_password"]


def test_every_page_leads_to_the_change_until_the_password_is_changed():
    player = factories.player(must_change_password=True)
    browser = factories.browser(player)
    for path in ("/", "/profile", "/games"):
        assert browser.get(path)["Location"] == "/password/change"
    assert browser.get("/password/change").status_code == 200
    assert browser.get("/api/auth/me").status_code == 200
    form = {"current_password": factories.PASSWORD, "new_password": "crane-over-the-hill"}
    assert browser.post("/password/change", form)["Location"] == "/"
    assert browser.get("/profile").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/profile"),
        ("post", "/profile"),
        ("post", "/profile/sessions/end"),
        ("post", "/profile/sessions/end-others"),
        ("get", "/password/change"),
        ("post", "/password/change"),
    ],
)
def test_a_stranger_is_led_to_the_door(client, method, path):
    answer = getattr(client, method)(path)
    assert answer["Location"] == f"/login?next={path}"


def test_pages_of_an_account_are_kept_in_no_cache():
    browser = factories.browser(factories.player())
    assert "no-store" in browser.get("/profile")["Cache-Control"]


@pytest.mark.parametrize("path", ["/login", "/signup"])
def test_the_doors_speak_english_too(client, path):
    text = page(client.get(path, headers={"Accept-Language": "en"}))
    assert 'lang="en"' in text
    assert "비밀번호" not in text
