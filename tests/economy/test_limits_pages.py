"""The settings page: every form works without scripts and says honestly what it does."""

import pytest

from casino_club.core import clock
from economy.limits.models import PlayLimit, PlayRest
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def player():
    return factories.player()


@pytest.fixture
def browser(player):
    return factories.browser(player, headers={"Accept-Language": "en"})


def limits_of(player) -> dict:
    return dict(PlayLimit.objects.filter(player=player).values_list("kind", "amount"))


def test_strangers_are_led_to_the_sign_in(client):
    assert client.get("/settings").url.startswith("/login")
    for path in ("limits", "pause", "exclude"):
        assert client.post(f"/settings/{path}").url.startswith("/login")
        assert factories.browser(factories.player()).get(f"/settings/{path}").status_code == 405


def test_the_page_speaks_both_languages(browser, player):
    korean = browser.get("/settings", headers={"Accept-Language": "ko"}).content.decode()
    english = browser.get("/settings").content.decode()

    assert "내 한도" in korean
    assert "My limits" in english


def test_limits_are_saved_and_shown_with_what_is_on_its_way(browser, player):
    saved = browser.post("/settings/limits", {"daily_wager": "500", "daily_loss": "", "daily_minutes": "30"})
    assert (saved.status_code, saved.url) == (302, "/settings")
    assert limits_of(player) == {"daily_wager": 500, "daily_minutes": 30}

    browser.post("/settings/limits", {"daily_wager": "900", "daily_loss": "100", "daily_minutes": "30"})
    page = browser.get("/settings").content.decode()

    assert limits_of(player) == {"daily_wager": 500, "daily_minutes": 30, "daily_loss": 100}
    assert "900 from " in page
    assert 'value="900"' in page


@pytest.mark.parametrize("text", ["-5", "0", "1.5", "many", "9" * 30])
def test_a_limit_out_of_shape_is_told_beside_its_field(browser, player, text):
    page = browser.post("/settings/limits", {"daily_wager": text})

    assert page.status_code == 200
    assert "Enter a whole number" in page.content.decode()
    assert limits_of(player) == {}


def test_a_break_needs_a_yes_and_is_shown_while_it_lasts(browser, player):
    asked = browser.post("/settings/pause", {"pause-hours": "168"})
    assert "Please confirm this first." in asked.content.decode()
    assert not PlayRest.objects.exists()

    browser.post("/settings/pause", {"pause-hours": "168", "pause-understood": "on"})

    rest = PlayRest.objects.get(player=player)
    assert (rest.kind, (rest.ends_at - rest.starts_at).days) == ("pause", 7)
    assert "You are taking a break until" in browser.get("/settings").content.decode()


def test_an_exclusion_needs_a_yes_too(browser, player):
    assert browser.post("/settings/exclude", {"exclude-days": "180"}).status_code == 200
    assert browser.post("/settings/exclude", {"exclude-days": "7", "exclude-understood": "on"}).status_code == 200
    assert not PlayRest.objects.exists()

    browser.post("/settings/exclude", {"exclude-days": "365", "exclude-understood": "on"})

    rest = PlayRest.objects.get(player=player)
    assert (rest.kind, (rest.ends_at - rest.starts_at).days) == ("exclusion", 365)
    assert rest.ends_at > clock.now()
    assert "excluded yourself" in browser.get("/settings").content.decode()


def test_an_operator_without_a_wallet_reads_why_it_does_not_work():
    browser = factories.browser(factories.operator(), headers={"Accept-Language": "en"})

    assert browser.get("/settings").status_code == 200
    page = browser.post("/settings/limits", {"daily_wager": "5"}).content.decode()

    assert "This account has no wallet." in page
