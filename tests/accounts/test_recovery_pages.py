"""A forgotten password by the pages and by the API: the same answer for everybody, one use for each link."""

import pytest
from django.core import mail

from accounts.recovery import rules
from accounts.recovery.models import ResetMail
from accounts.recovery.tasks import send_password_resets
from accounts.users.models import User
from casino_club.core import clock
from tests import factories

pytestmark = pytest.mark.django_db
EMAIL = "moon@example.com"
NEW = "crane-over-the-hill-9"


@pytest.fixture
def player():
    return factories.player(site_id="moonwatcher", email=EMAIL)


def post(client, path, body, **kwargs):
    return client.post(path, body, content_type="application/json", **kwargs)


def test_the_page_answers_alike_whether_or_not_there_is_an_account(client, player):
    known = client.post("/password/reset", {"email": EMAIL})
    unknown = client.post("/password/reset", {"email": "nobody@example.com"})

    assert known.status_code == unknown.status_code == 200
    assert "링크를 보내 드렸어요" in known.content.decode()
    assert _without_moment(known) == _without_moment(unknown)
    assert ResetMail.objects.count() == 1


def _without_moment(response) -> list[str]:
    return [line for line in response.content.decode().splitlines() if "csrf" not in line and "server-now" not in line]


def test_the_api_answers_alike_whether_or_not_there_is_an_account(client, player):
    known = post(client, "/api/auth/password/reset", {"email": EMAIL})
    unknown = post(client, "/api/auth/password/reset", {"email": "nobody@example.com"})

    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert known.status_code == 202


def test_from_the_mail_to_a_new_password_by_the_pages(client, player):
    assert "/password/reset" in client.get("/login").content.decode()
    client.post("/password/reset", {"email": EMAIL})
    send_password_resets()
    path = next(line for line in mail.outbox[0].body.splitlines() if line.startswith("http")).split("8000")[1]

    assert player.nickname in client.get(path).content.decode()
    weak = client.post(path, {"new_password": "short"})
    done = client.post(path, {"new_password": NEW}, follow=True)

    assert 'aria-invalid="true"' in weak.content.decode()
    assert done.redirect_chain == [("/login", 302)]
    assert "새 비밀번호를 정했어요" in done.content.decode()
    for over in (client.get(path), client.post(path, {"new_password": NEW})):
        assert over.status_code == 400
        assert "/password/reset" in over.content.decode()
    assert client.post("/login", {"site_id": "moonwatcher", "password": NEW}).status_code == 302


def test_from_the_mail_to_a_new_password_by_the_api(client, player):
    headers = factories.bearer(player)
    code = rules.code_for(player, clock.now())
    body = {"code": code, "new_password": NEW}

    weak = post(client, "/api/auth/password/reset/confirm", body | {"new_password": "password1"})
    done = post(client, "/api/auth/password/reset/confirm", body)
    again = post(client, "/api/auth/password/reset/confirm", body)

    assert (weak.status_code, list(weak.json()["fields"])) == (400, ["new_password"])
    assert done.status_code == 204
    assert (again.status_code, again.json()["error"]) == (400, "reset_link_invalid")
    assert client.get("/api/auth/me", headers=headers).json()["error"] == "token_invalid"


def test_asking_too_often_is_refused_with_when_to_come_back(client, settings):
    settings.RATE_PASSWORD_RESETS_PER_HOUR = 1
    client.post("/password/reset", {"email": EMAIL})

    page = client.post("/password/reset", {"email": EMAIL})
    api = post(client, "/api/auth/password/reset", {"email": EMAIL})

    assert page.status_code == api.status_code == 429
    assert int(page["Retry-After"]) > 0
    assert api.json()["error"] == "rate_limited"


@pytest.mark.parametrize(
    "email", ["", "x", "a@b", "a b@example.com", "a@example.com\n", "x" * 250 + "@example.com", 5, None]
)
def test_what_is_no_e_mail_is_refused(client, email):
    answer = post(client, "/api/auth/password/reset", {"email": email})

    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["email"])


@pytest.mark.parametrize("code", ["x", "1-x", "0-0-0", "%00", "-1-a-b", "9" * 40 + "-a-b", "1-%F0%9F%8E%B0"])
def test_a_made_up_link_is_over(client, player, code):
    assert client.get(f"/password/reset/{code}").status_code in (400, 404)
    assert post(client, "/api/auth/password/reset/confirm", {"code": code, "new_password": NEW}).status_code == 400


def test_the_browser_that_resets_is_signed_out(player):
    browser = factories.browser(player)

    browser.post(f"/password/reset/{rules.code_for(player, clock.now())}", {"new_password": NEW})

    assert browser.get("/profile").status_code == 302
    assert User.objects.get(pk=player.pk).check_password(NEW)
