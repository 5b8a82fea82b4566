"""The player's ledger as a page."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from economy.ledger import services as ledger
from economy.ledger.rules import Asset, Move
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2031, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def player():
    return factories.player()


@pytest.fixture
def browser(player):
    return factories.browser(player)


def post(player, *moves):
    with transaction.atomic():
        ledger.post(player.pk, moves, now=NOW)


def text_of(browser, path="/ledger", language="ko"):
    answer = browser.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def test_strangers_are_led_to_the_sign_in(client):
    answer = client.get("/ledger")

    assert answer.status_code == 302
    assert answer.url.startswith("/login")


def test_entries_are_told_in_the_readers_language(browser, player):
    post(player, Move(Asset.GOLD, -20, "slot.bet", "b"))

    korean, english = text_of(browser), text_of(browser, language="en")

    assert "내 장부" in korean
    assert "슬롯 베팅" in korean
    assert "환영 선물" in korean
    assert "+1,000" in korean
    assert "My ledger" in english
    assert "Slot bet" in english


def test_the_page_shows_one_asset_when_asked(browser, player):
    post(player, Move(Asset.XP, 77, "play.xp", "a"))

    page = text_of(browser, "/ledger?asset=xp", "en")

    assert "Play XP" in page
    assert "Welcome gift" not in page


def test_older_entries_are_a_page_away(browser, player):
    for n in range(30):
        post(player, Move(Asset.GOLD, 1, "adjustment", f"{n}"))
    first = browser.get("/ledger")

    second = browser.get(first.context["next_url"])

    assert (len(first.context["rows"]), len(second.context["rows"])) == (20, 11)
    assert (first.context["first_url"], second.context["first_url"], second.context["next_url"]) == ("", "/ledger", "")


def test_a_player_without_entries_is_told_what_to_do():
    page = text_of(factories.browser(factories.operator()), language="en")

    assert "Nothing here yet" in page


@pytest.mark.parametrize("query", ["cursor=broken", "asset=silver", "limit=9999"])
def test_an_address_out_of_shape_leads_to_the_first_page(browser, query):
    answer = browser.get(f"/ledger?{query}")

    assert (answer.status_code, answer.url) == (302, "/ledger")


def test_more_entries_take_no_more_statements(browser, player):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get("/ledger")
        return len(captured)

    few = statements()
    for n in range(15):
        post(player, Move(Asset.GOLD, 1, "adjustment", f"{n}"))

    assert statements() == few
