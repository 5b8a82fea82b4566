"""Taking one's data along and leaving, by the API: what is refused, and how often."""

import pytest

from accounts.signin.services import reactivate
from accounts.users.models import User
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def delete(client, headers, body):
    return client.post("/api/account/delete", body, content_type="application/json", headers=headers)


def test_a_wrong_password_deletes_nothing_and_is_counted_like_a_sign_in(client):
    player = factories.player()
    headers = factories.bearer(player)

    wrong = [delete(client, headers, {"password": "wrong"}) for _ in range(5)]
    locked = delete(client, headers, {"password": factories.PASSWORD})

    assert [answer.status_code for answer in wrong] == [400] * 5
    assert "password" in wrong[0].json()["fields"]
    assert (locked.status_code, locked.json()["error"]) == (429, "login_locked")
    assert int(locked["Retry-After"]) > 0
    assert User.objects.get(pk=player.pk).deleted_at is None


@pytest.mark.parametrize("body", [{}, {"password": ""}, {"password": 1}, {"password": None}, {"password": "\x00" * 9}])
def test_a_body_without_a_password_is_refused(client, body):
    player = factories.player()

    answer = delete(client, factories.bearer(player), body)

    assert (answer.status_code, answer.json()["error"]) == (400, "validation_error")
    assert User.objects.get(pk=player.pk).deleted_at is None


@pytest.mark.parametrize("flags", [{"role": None}, {"role": "support"}, {"superuser": True}])
def test_an_operators_account_is_refused_by_its_code(client, flags):
    operator = factories.operator(**flags)

    answer = delete(client, factories.bearer(operator), {"password": factories.PASSWORD})

    assert (answer.status_code, answer.json()["error"]) == (409, "operator_account")
    assert User.objects.get(pk=operator.pk).is_active


def test_strangers_are_asked_to_sign_in(client):
    assert client.get("/api/account/export").status_code == 401
    assert delete(client, {}, {"password": "x"}).status_code == 401


def test_exports_are_rationed(client, settings):
    settings.RATE_EXPORTS_PER_HOUR = 2
    headers = factories.bearer(factories.player())

    answers = [client.get("/api/account/export", headers=headers) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["error"] == "rate_limited"


def test_a_deleted_account_is_never_brought_back(client):
    player = factories.player()
    delete(client, factories.bearer(player), {"password": factories.PASSWORD})

    reactivate(user_id=player.pk)

    assert not User.objects.get(pk=player.pk).is_active


def test_nothing_is_half_deleted_when_something_fails(client, monkeypatch):
    from casino_club.web.privacy import services

    def broken(**_):
        raise RuntimeError

    monkeypatch.setattr(services, "revoke_all", broken)
    player = factories.player()
    client.raise_request_exception = False

    assert delete(client, factories.bearer(player), {"password": factories.PASSWORD}).status_code == 500
    assert User.objects.get(pk=player.pk).nickname == player.nickname
