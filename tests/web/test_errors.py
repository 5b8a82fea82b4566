"""When something breaks or is not there: an envelope for machines, a page for people, and no inside of the house."""

import pytest
from django.test import Client

from casino_club.web.signin import api
from casino_club.web.signin import pages as signin_pages

pytestmark = pytest.mark.django_db
SECRET = "a detail of the inside"


@pytest.fixture
def stranger():
    """A client that is answered as over the wire also when a view breaks."""
    return Client(raise_request_exception=False)


def broken(*args, **kwargs):
    raise RuntimeError(SECRET)


def test_a_defect_behind_the_api_is_an_envelope_with_the_request_id(stranger, monkeypatch):
    monkeypatch.setattr(api.recovery, "ask", broken)

    answer = stranger.post(
        "/api/auth/password/reset",
        {"email": "moon@example.com"},
        "application/json",
        headers={"X-Request-ID": "abc-12345"},
    )

    assert (answer.status_code, answer["X-Request-ID"]) == (500, "abc-12345")
    assert answer.json()["error"] == "server_error"
    assert answer.json()["request_id"] == "abc-12345"
    assert SECRET not in answer.text


def test_a_defect_behind_a_page_is_a_page_with_the_request_id(stranger, monkeypatch):
    monkeypatch.setattr(signin_pages.signin, "sign_in", broken)

    answer = stranger.post("/login", {"site_id": "moon", "password": "x"}, headers={"X-Request-ID": "abc-12345"})

    assert answer.status_code == 500
    assert "abc-12345" in answer.text
    assert SECRET not in answer.text
    assert "RuntimeError" not in answer.text


@pytest.mark.parametrize("path", ["/api/nothing", "/api/auth/login/", "/api/"])
def test_an_unknown_address_of_the_api_is_an_envelope(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    assert answer["X-Request-ID"]


@pytest.mark.parametrize("path", ["/nothing", "/login/", "/\x00", "/%F0%9F%98%80"])
def test_an_unknown_address_is_a_page_that_leads_home(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert 'href="/"' in answer.text


def test_a_form_without_its_token_is_told_to_reload(db):
    answer = Client(enforce_csrf_checks=True).post("/login", {"site_id": "moon", "password": "x"})

    assert answer.status_code == 403
    assert 'href="/"' in answer.text
