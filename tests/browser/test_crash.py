"""The crane's page in a real browser, on the product's own server: streams need it."""

import itertools
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import modify_settings
from playwright.sync_api import expect

from casino_club.core import clock
from casino_club.local.ports import LOOPBACK, free_port
from economy.ledger.selectors import wallet_of
from games.crash import rules
from games.crash.services import place_bet
from games.fairness.models import SeedPair
from games.fairness.rules import Draw, commitment
from games.rounds.models import Round
from games.rounds.rules import written
from tests import factories
from tests.databases import database_url
from tests.waiting import wait_until

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
    wait_until(lambda: urllib.request.urlopen(f"{url}/health", timeout=5).close() is None, "the web process is up")
    yield Live(url)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _keep_flying():
    """Whatever was drawn: the cranes that are in the air stay there for an hour."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE games_round SET due_at = now() + interval '1 hour' WHERE status = 'open'")


@pytest.fixture
def far_flyer(signed_in):
    """A player whose first crane flies for about a minute and a half: the seeds that draw it are theirs beforehand."""
    player = signed_in(factories.player())
    seeds = (number.to_bytes(32) for number in itertools.count())
    far = next(seed for seed in seeds if 10_000 <= rules.crash_point_of(Draw(seed, "far", 0)) < 100_000)
    SeedPair.objects.create(
        player=player,
        server_seed=far,
        server_seed_hash=commitment(far),
        client_seed="far",
        created_at=clock.now(),
    )
    return player


def _watch_it_rise(page):
    """The crane is in the air, and has been long enough for a press not to be taken for a double click."""
    expect(page.locator("[data-go]")).to_have_class(re.compile("crash__go--cash"))
    return page.evaluate(
        """() => new Promise(done => {
            const now = () => Number(document.querySelector("[data-figure-now]").textContent);
            const first = now();
            const frame = () => now() > 1.04 * first ? done(now()) : requestAnimationFrame(frame);
            frame();
        })"""
    )


def _shows_what_the_server_holds(page, player):
    """The round that is over, by the figures on the page and in the database."""
    settled = Round.objects.get(player=player)
    flew = settled.multiplier or settled.outcome["crash_point"]
    gold = wallet_of(player.pk).gold
    assert settled.status == "settled"
    assert gold == 1000 - settled.bet + settled.win
    expect(page.locator("[data-figure-now]")).to_have_text(written(flew))
    expect(page.locator("[data-result]")).to_contain_text(f"{written(flew)}배")
    expect(page.locator("#balances [data-figure=gold]")).to_have_attribute("value", str(gold))
    expect(page.locator("[data-mirror=gold]")).to_have_text(f"{gold:,}")
    expect(page.locator("[data-go]")).not_to_have_class(re.compile("crash__go--cash"))
    expect(page.locator("[data-recent] li")).to_have_text(f"{written(settled.outcome['crash_point'])}×")
    return settled


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


def test_a_cash_out_in_the_air_pays_what_the_page_then_shows(page, far_flyer, picture):
    page.goto("/games/crash")
    page.locator("[data-go]").click()
    _watch_it_rise(page)

    page.locator("[data-go]").click()

    expect(page.locator(".crash__figure--paid")).to_be_visible()
    settled = _shows_what_the_server_holds(page, far_flyer)
    assert settled.outcome["status"] == "cashed_out"
    assert settled.win > settled.bet
    expect(page.locator("[data-win-figure]")).to_have_text(f"+{settled.win:,}")
    picture("crash-cashed-out")


def test_a_cash_out_that_comes_too_late_is_told_as_the_loss_it_is(page, far_flyer, picture):
    """The crane is in the air when the button is pressed, and has flown off when the server hears of it."""

    def arrive_late(route):
        with connection.cursor() as cursor:
            cursor.execute(
                """UPDATE games_round SET created_at = created_at - interval '1 hour',
                                          due_at = due_at - interval '1 hour' WHERE status = 'open'"""
            )
        route.continue_()

    page.goto("/games/crash")
    page.route("**/api/games/crash/cashout", arrive_late)
    page.locator("[data-go]").click()
    _watch_it_rise(page)

    page.locator("[data-go]").click()

    expect(page.locator(".crash__figure--gone")).to_be_visible()
    settled = _shows_what_the_server_holds(page, far_flyer)
    assert (settled.outcome["status"], settled.win) == ("crashed", 0)
    expect(page.locator("[data-win]")).to_be_hidden()
    picture("crash-too-late")


def test_a_flight_outlives_a_reload_and_is_cashed_out_after_it(page, far_flyer):
    page.goto("/games/crash")
    page.locator("[data-go]").click()
    before = _watch_it_rise(page)

    page.reload()
    assert _watch_it_rise(page) > before
    page.locator("[data-go]").click()

    expect(page.locator(".crash__figure--paid")).to_be_visible()
    assert _shows_what_the_server_holds(page, far_flyer).multiplier > before * 100


@pytest.fixture
def crane_found_again(page, signed_in):
    """The page is opened on a crane that is in the air and stays there."""
    player = signed_in(factories.player())
    place_bet(player_id=player.pk, bet_amount=10, auto_cashout=None, now=clock.now())
    _keep_flying()
    page.goto("/games/crash")
    page.wait_for_selector(".crash__go--cash")


@pytest.mark.usefixtures("crane_found_again")
def test_a_page_that_is_opened_again_finds_its_crane(page):
    assert page.locator("[data-bet]").is_disabled()


@pytest.mark.usefixtures("crane_found_again")
def test_a_level_up_never_stands_before_the_cash_out(page):
    page.evaluate("document.body.dispatchEvent(new CustomEvent('levelUp', {detail: {level: 7}}))")
    assert page.locator("#level-up").is_hidden()
    page.wait_for_timeout(1000)  # a press right after the start is taken for a double click of the bet
    page.locator("[data-go]").click()

    page.wait_for_selector(".crash__figure--paid, .crash__figure--gone")
    page.wait_for_selector("#level-up[open]")


@pytest.mark.usefixtures("crane_found_again")
def test_a_lost_network_is_admitted_and_the_crane_found_again(page, faults):
    faults.expect("ERR_INTERNET_DISCONNECTED|ERR_NETWORK|failed:")

    page.context.set_offline(True)
    page.wait_for_selector("[data-doubt]:not([hidden])", timeout=10_000)
    page.context.set_offline(False)

    page.wait_for_selector("[data-doubt]", state="hidden", timeout=15_000)


@pytest.mark.parametrize("javascript", [False])
def test_without_javascript_the_page_says_what_it_needs(page, signed_in):
    signed_in(factories.player())
    page.goto("/games/crash")

    assert page.locator("noscript .notice").is_visible()
