"""The language switch: kept for a year, with the account too, and it leads nowhere else."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db
YEAR = 365 * 24 * 3600


def choose(client, language="en", **fields):
    return client.post("/language", {"language": language, "next": "/games", **fields})


def test_a_visitors_choice_lasts_a_year(client):
    answer = choose(client)

    assert (answer.status_code, answer["Location"]) == (302, "/games")
    assert (answer.cookies["django_language"].value, answer.cookies["django_language"]["max-age"]) == ("en", YEAR)
    assert client.get("/").headers["Content-Language"] == "en"


def test_a_players_choice_is_kept_with_the_account_and_survives_the_next_sign_in(client):
    player = factories.player(language="ko")

    choose(factories.browser(player))

    player.refresh_from_db()
    assert player.language == "en"
    answer = client.post("/login", {"site_id": player.site_id, "password": factories.PASSWORD})
    assert answer.cookies["django_language"].value == "en"


@pytest.mark.parametrize("language", ["", "fr", "\x00", "x" * 5000])
def test_an_unknown_language_changes_nothing(language):
    player = factories.player(language="ko")
    browser = factories.browser(player)

    assert choose(browser, language).status_code == 302

    player.refresh_from_db()
    assert player.language == "ko"
    assert browser.get("/").headers["Content-Language"] == "ko"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_switch_leads_nowhere_else(client, elsewhere):
    assert choose(client, next=elsewhere)["Location"] == "/"


def test_a_link_can_not_switch_the_language(client):
    assert client.get("/language").status_code == 405
