"""The crane's page in a real browser, on the product's own server: streams need it."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import modify_settings

from casino_club.core import clock
from casino_club.local.ports import LOOPBACK, free_port
from games.crash.services import place_bet
from tests import factories
from tests.databases import database_url

pytestmark = pytest.mark.django_db(transaction=True)
CHECKOUT = Path(__file__).resolve().parents[2]
BOTH_WIDTHS = pytest.mark.parametrize("width", [360, 1280])
BOTH_LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])


class Live:
    """Stands in for pytest-django's live server, which speaks WSGI."""

    _live_server_modified_settings = modify_settings()  # the plugin enables and disables it around each test

    def __init__(self, url: str):
        self.url = url


@pytest.fixture
def live_server(transactional_db):
    """granian with one worker on the test's database."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "casino_club.asgi:application", "--interface=asginl", "--no-ws",
         f"--port={port}", "--workers=1", "--log-level=error"],
        cwd=CHECKOUT, env=os.environ | {"DATABASE_URL": database_url(), "DEBUG": "1"},
        start_new_session=True,
    )  # fmt: skip
    url = f"http://{LOOPBACK}:{port}"
    deadline = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(f"{url}/health", timeout=5).close()
            break
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    yield Live(url)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _keep_flying():
    """Whatever was drawn: the cranes that are in the air stay there for an hour."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE games_round SET due_at = now() + interval '1 hour' WHERE status = 'open'")


@BOTH_WIDTHS
@BOTH_LANGUAGES
def test_a_flight_from_bet_to_its_end_by_keyboard_alone(page, signed_in, picture, assert_accessible, language):
    signed_in(factories.player())
    page.goto("/games/crash")
    assert_accessible()
    picture("crash-idle")

    page.locator("[data-auto]").fill("1.01")
    page.keyboard.press("Enter")
    page.wait_for_selector(".crash__figure--paid, .crash__figure--gone", timeout=15_000)

    assert page.locator("[data-result]").inner_text()
    assert page.locator("[data-recent] li").count() == 1
    assert page.locator("[data-go]").get_attribute("aria-busy") is None
    assert_accessible()
    picture("crash-end")
    page.reload()
    assert page.locator("[data-recent] li").count() == 1


def test_a_page_that_is_opened_again_finds_its_crane(page, signed_in):
    player = signed_in(factories.player())
    place_bet(player_id=player.pk, bet_amount=10, auto_cashout=None, now=clock.now())
    _keep_flying()

    page.goto("/games/crash")

    page.wait_for_selector(".crash__go--cash")
    assert page.locator("[data-bet]").is_disabled()


def test_a_level_up_never_stands_before_the_cash_out(page, signed_in):
    player = signed_in(factories.player())
    place_bet(player_id=player.pk, bet_amount=10, auto_cashout=None, now=clock.now())
    _keep_flying()
    page.goto("/games/crash")
    page.wait_for_selector(".crash__go--cash")

    page.evaluate("document.body.dispatchEvent(new CustomEvent('levelUp', {detail: {level: 7}}))")
    assert page.locator("#level-up").is_hidden()
    page.wait_for_timeout(1000)  # a press right after the start is taken for a double click of the bet
    page.locator("[data-go]").click()

    page.wait_for_selector(".crash__figure--paid, .crash__figure--gone")
    page.wait_for_selector("#level-up[open]")


def test_a_lost_network_is_admitted_and_the_crane_found_again(page, signed_in, faults):
    faults.expect("ERR_INTERNET_DISCONNECTED|ERR_NETWORK|failed:")
    player = signed_in(factories.player())
    place_bet(player_id=player.pk, bet_amount=10, auto_cashout=None, now=clock.now())
    _keep_flying()
    page.goto("/games/crash")
    page.wait_for_selector(".crash__go--cash")

    page.context.set_offline(True)
    page.wait_for_selector("[data-doubt]:not([hidden])", timeout=10_000)
    page.context.set_offline(False)

    page.wait_for_selector("[data-doubt]", state="hidden", timeout=15_000)


@pytest.mark.parametrize("javascript", [False])
def test_without_javascript_the_page_says_what_it_needs(page, signed_in):
    signed_in(factories.player())
    page.goto("/games/crash")

    assert page.locator("noscript .notice").is_visible()
