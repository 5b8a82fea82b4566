"""Two factors at the operators' door: asked of whoever set it up, of every operator where it is required, of no player."""

import re

import pytest
from django.test import Client

from accounts.sessions.models import AuthSession
from accounts.twofactor import services
from casino_club.core import clock
from tests import factories
from tests.accounts.authenticator import enrol, shown

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    answer = client.post("/login", {"site_id": user.site_id, "password": factories.PASSWORD, "next": "/admin/"})
    assert answer.status_code == 302
    return client


def token(client, user, **more):
    body = {"site_id": user.site_id, "password": factories.PASSWORD, **more}
    return client.post("/api/auth/login", body, content_type="application/json")


def test_in_development_an_operator_without_it_signs_in_as_ever(client):
    boss = factories.operator(superuser=True)
    assert signed_in(boss).get("/admin/").status_code == 200
    assert token(client, boss).status_code == 200


def test_who_set_it_up_proves_it_before_anything_else(client):
    boss = factories.operator(superuser=True)
    enrol(boss)
    browser = signed_in(boss)

    for path in ("/admin/", "/admin/accounts/user/", "/", "/profile", "/password/change"):
        assert browser.get(path)["Location"].startswith("/two-factor?next="), path
    assert browser.get("/api/auth/me").json()["error"] == "otp_required"
    assert "data-signed-in" not in browser.get("/two-factor").content.decode(), "and the page asks for nothing private"
    cookie = browser.cookies["session"].value
    wrong = browser.post("/two-factor", {"code": "000000", "next": "/admin/accounts/user/"})
    assert "errorlist" in wrong.content.decode()

    right = browser.post("/two-factor", {"code": shown(boss, now=clock.now()), "next": "/admin/accounts/user/"})

    assert right["Location"] == "/admin/accounts/user/"
    assert browser.get("/admin/accounts/user/").status_code == 200
    assert browser.get("/api/auth/me").status_code == 200
    assert browser.cookies["session"].value != cookie, "the cookie from before is worth nothing"


def test_the_session_may_leave_before_the_second_step():
    boss = factories.operator()
    enrol(boss)
    browser = signed_in(boss)
    assert browser.post("/logout").status_code == 302
    assert AuthSession.objects.filter(user=boss, kind="cookie", revoked_at__isnull=False).exists()


def test_where_it_is_required_an_operator_sets_it_up_first(client, settings):
    settings.OPERATOR_2FA_REQUIRED = True
    boss = factories.operator(superuser=True)
    browser = signed_in(boss)
    assert browser.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/two-factor/setup?next=")
    page = browser.get("/two-factor/setup").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page

    told = browser.post("/two-factor/setup", {"code": shown(boss, now=clock.now()), "next": "/admin/"})

    codes = re.findall(r"<code>([a-z0-9-]{14})</code>", told.content.decode())
    assert len(codes) == 10
    assert "no-store" in told["Cache-Control"]
    assert browser.get("/admin/").status_code == 200
    assert browser.get("/two-factor/setup")["Location"] == "/two-factor"
    assert codes[0] not in browser.get("/two-factor").content.decode()
    again = signed_in(boss)
    assert again.post("/two-factor", {"code": codes[0], "next": "/admin/"})["Location"] == "/admin/"


def test_a_session_from_before_it_was_required_owes_it_too(client, settings):
    boss = factories.operator(superuser=True)
    browser, headers = signed_in(boss), factories.bearer(boss)
    settings.OPERATOR_2FA_REQUIRED = True
    assert browser.get("/admin/").status_code == 302
    assert client.get("/api/admin/alerts", headers=headers).json()["error"] == "otp_required"


def test_players_are_never_asked(client, settings):
    settings.OPERATOR_2FA_REQUIRED = True
    player = factories.player()
    assert token(client, player).status_code == 200
    browser = signed_in(player)
    assert browser.get("/").status_code == 200
    assert browser.get("/two-factor").status_code == 403
    assert browser.get("/two-factor/setup").status_code == 403


def test_a_token_of_an_operator_needs_a_code(client):
    boss = factories.operator(superuser=True)
    enrol(boss)

    missing, wrong = token(client, boss), token(client, boss, otp="000000")
    code = shown(boss, now=clock.now())
    right, replayed = token(client, boss, otp=code), token(client, boss, otp=code)

    assert (missing.status_code, missing.json()["error"], missing.json()["enrolled"]) == (401, "otp_required", True)
    assert (wrong.status_code, wrong.json()["error"]) == (401, "otp_invalid")
    assert right.status_code == 200
    assert (replayed.status_code, replayed.json()["error"]) == (401, "otp_invalid")
    headers = {"Authorization": f"Bearer {right.json()['access_token']}"}
    assert client.get("/api/admin/alerts", headers=headers).status_code == 200


def test_where_it_is_required_a_token_is_not_given_without_setting_it_up(client, settings):
    settings.OPERATOR_2FA_REQUIRED = True
    answer = token(client, factories.operator(), otp="123456")
    assert (answer.json()["error"], answer.json()["enrolled"]) == ("otp_required", False)


def test_nobody_learns_from_a_wrong_password_that_there_is_a_second_factor(client):
    boss = factories.operator()
    enrol(boss)
    body = {"site_id": boss.site_id, "password": "wrong", "otp": shown(boss, now=clock.now())}
    answer = client.post("/api/auth/login", body, content_type="application/json")
    assert answer.json()["error"] == "invalid_credentials"
    services.check(user_id=boss.pk, code=shown(boss, now=clock.now()), address="127.0.0.1", now=clock.now())


def test_guessing_codes_locks_the_door(client, settings):
    boss = factories.operator()
    enrol(boss)
    answers = [token(client, boss, otp=f"{number:06}") for number in range(settings.LOGIN_ACCOUNT_ADDRESS_LIMIT + 1)]
    assert [answer.status_code for answer in answers] == [401] * settings.LOGIN_ACCOUNT_ADDRESS_LIMIT + [429]
    assert answers[-1].json()["error"] == "login_locked"


@pytest.mark.parametrize(
    ("role", "may"), [("viewer", False), ("support", False), ("economy", False), ("security", True)]
)
def test_security_resets_it_never_their_own_nor_a_superusers(role, may):
    operator, colleague, boss = factories.operator(role=role), factories.operator(), factories.operator(superuser=True)
    here = factories.session(operator)
    enrol(operator, session=here)
    for one in (colleague, boss):
        enrol(one)
    browser = factories.browser(operator)
    AuthSession.objects.filter(user=operator).update(second_factor="done")
    form = {"action": "reset", "_selected_action": [operator.pk, colleague.pk, boss.pk], "audit_reason": "lost"}

    browser.post("/admin/accounts/secondfactor/", form)

    assert services.is_enrolled(colleague.pk) is not may
    assert services.is_enrolled(operator.pk)
    assert services.is_enrolled(boss.pk)
    page = browser.get("/admin/accounts/secondfactor/").content.decode()
    assert "secret" not in page
