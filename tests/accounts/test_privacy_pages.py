"""The pages by which players take their data along or leave; they work without scripts."""

import json

import pytest

from accounts.users.models import User
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def player():
    return factories.player()


@pytest.fixture
def browser(player):
    return factories.browser(player)


def test_strangers_are_led_to_the_sign_in(client):
    assert client.get("/profile/delete")["Location"] == "/login?next=/profile/delete"
    assert client.get("/profile/export")["Location"] == "/login?next=/profile/export"


def test_the_download_is_the_players_own(browser, player, settings):
    settings.RATE_EXPORTS_PER_HOUR = 1

    answer = browser.get("/profile/export")
    data = json.loads(b"".join(answer.streaming_content))

    assert data["tables"]["accounts_user"][0]["site_id"] == player.site_id
    assert answer["Cache-Control"] == "no-store"
    assert browser.get("/profile/export").status_code == 429


def test_leaving_asks_for_the_password_and_an_understanding(browser, player):
    assert browser.get("/profile/delete").status_code == 200
    for given in ({"password": ""}, {"password": factories.PASSWORD}, {"password": "wrong", "understood": "on"}):
        answer = browser.post("/profile/delete", given)
        assert answer.status_code == 200
        assert 'aria-invalid="true"' in answer.content.decode()
    assert User.objects.get(pk=player.pk).deleted_at is None


def test_leaving_signs_out_and_says_goodbye(browser, player):
    answer = browser.post("/profile/delete", {"password": factories.PASSWORD, "understood": "on"}, follow=True)

    assert answer.redirect_chain == [("/", 302)]
    assert "탈퇴가 끝났어요" in answer.content.decode()
    assert User.objects.get(pk=player.pk).deleted_at is not None
    assert browser.get("/profile")["Location"].startswith("/login")


def test_too_many_wrong_passwords_show_the_lock(browser):
    for _ in range(5):
        browser.post("/profile/delete", {"password": "wrong", "understood": "on"})

    answer = browser.post("/profile/delete", {"password": factories.PASSWORD, "understood": "on"})

    assert answer.status_code == 429
    assert "disabled" in answer.content.decode()


def test_an_operator_is_told_why_not():
    answer = factories.browser(factories.operator()).get("/profile/delete")

    assert '<form class="form"' not in answer.content.decode()
