"""A player's first day on the pages: sign up, collect, spin twenty times; the balance shown is the ledger's sum."""

import pytest
from django.core.management import call_command
from django.db.models import Sum
from playwright.sync_api import expect

from accounts.users.models import User
from economy.ledger.models import Entry
from games.rounds.models import Round
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

SPINS = 20


@pytest.mark.parametrize(("width", "language"), [(360, "ko"), (1280, "en")])
def test_from_sign_up_to_twenty_spins(page, width, language, picture, faults):
    faults.expect("streak/week.*ERR_ABORTED|console: htmx:")  # collecting outruns the panel's own refresh
    factories.invite(code="5858")
    page.goto("/signup")
    page.fill("[name=site_id]", "moonwatcher")
    page.fill("[name=nickname]", "달지기")
    page.fill("[name=password]", "plum-and-crane-7")
    page.fill("[name=invite_code]", "5858")
    page.check("[name=age_confirmed]")
    picture("signup-filled", full=True)
    page.locator("main form").get_by_role("button", name={"ko": "가입", "en": "Join"}[language]).last.click()

    gold = page.locator("#balances [data-figure=gold]")
    expect(gold).to_have_attribute("value", "1000")
    page.locator("#streak-week").get_by_role("button", name={"ko": "받기", "en": "Collect"}[language]).click()
    picture("home-clicked")
    expect(gold).to_have_attribute("value", "2123")
    picture("home-collected", full=True)

    page.goto("/games/slot")
    page.fill("[data-bet]", "20")
    player = User.objects.get(site_id="moonwatcher")
    spin = page.locator("[data-spin]")
    for number in range(1, SPINS + 1):
        expect(spin).to_be_enabled()
        with page.expect_response("**/api/games/slot/spin") as answered:
            spin.click()
        assert answered.value.status == 200, f"spin {number}"
        expect(gold).to_have_attribute("value", str(answered.value.json()["balance"]))

    owned = Entry.objects.filter(player=player, asset="gold").aggregate(sum=Sum("amount"))["sum"]
    assert Round.objects.filter(player=player).count() == SPINS
    page.goto("/")
    expect(gold).to_have_attribute("value", str(owned))
    call_command("reconcile")
