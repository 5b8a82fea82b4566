"""The operators' first page and a player's page in a browser: clean, narrow and wide, fresh by themselves."""

import pytest
from playwright.sync_api import expect

from casino_club.core import alerts, clock
from economy.streaks.rules import Action
from economy.streaks.services import claim
from games.slot.services import spin
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def player():
    player = factories.player(nickname="달빛")
    claim(player_id=player.pk, action=Action.DAILY_LOGIN, now=clock.now())
    for _ in range(3):
        spin(player_id=player.pk, bet_amount=20, lines=20, now=clock.now())
    return player


@pytest.mark.parametrize(("width", "language"), [(360, "en"), (1280, "ko")])
def test_the_first_page_is_clean_and_an_alert_is_looked_after(
    page, signed_in, player, width, language, picture, assert_accessible, faults
):
    faults.expect("admin/stream")  # the test server has no streams: the page asks instead
    signed_in(factories.operator(superuser=True))
    page.goto("/admin/")
    expect(page.locator("[data-live-state][data-state]")).to_be_visible()
    page.locator("details#table-plays summary").click()
    expect(page.locator("#table-plays table")).to_be_visible()
    picture("console", full=True)
    assert_accessible()

    alerts.raise_alert(rule="stock_at_zero", message="달빛 상자", now=clock.now())
    page.reload()
    page.get_by_role("button", name="달빛 상자").click()

    expect(page.locator(".messagelist")).to_be_visible()
    expect(page.locator(".alert--seen")).to_be_visible()


@pytest.mark.parametrize(("width", "language"), [(360, "ko"), (1280, "en")])
def test_a_player_is_found_read_and_acted_on(
    page, signed_in, player, width, language, picture, assert_accessible, faults
):
    faults.expect("admin/stream")
    signed_in(factories.operator(superuser=True))
    page.goto("/admin/")
    page.locator("#find-player").fill("달빛")
    page.keyboard.press("Enter")
    expect(page.locator("[data-section=summary]")).to_be_visible()
    assert_accessible()

    for section in ("ledger", "rounds", "streak", "events", "purchases", "sessions", "limits", "notes"):
        page.locator(f"nav.sections a[href$='/{section}']").click()
        expect(page.locator(f"[data-section={section}]")).to_be_visible()
        picture(f"console-player-{section}", full=True)
        assert_accessible()
    page.go_back()
    expect(page.locator("[data-section=limits]")).to_be_visible()

    page.locator("a[href$='/acts/grant']").click()
    page.locator("[name=gold]").fill("2000")
    page.locator("[name=reason]").fill("보상")
    page.locator("input[type=submit]").click()
    expect(page.locator(".preview")).to_contain_text("1,500")
    picture("console-grant")
    assert_accessible()
    page.locator("[name=confirm]").click()
    expect(page.locator(".messagelist .success")).to_contain_text("1,500")
