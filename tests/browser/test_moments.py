"""Moments on the pages: by the reader's own clock, or in UTC where no script runs."""

from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from economy.ledger.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)
PATTERN = "%Y-%m-%d %H:%M"


@pytest.mark.parametrize("zone", ["Asia/Seoul", "America/St_Johns"])
def test_a_moment_is_told_by_the_readers_own_clock(page, signed_in, zone):
    booked = Entry.objects.filter(player=signed_in()).latest("pk").created_at

    page.goto("/ledger")

    shown = page.locator("time[data-local]").first
    expect(shown).to_have_text(booked.astimezone(ZoneInfo(zone)).strftime(PATTERN))
    expect(shown).to_have_attribute("title", f"{booked.strftime(PATTERN)} UTC")


@pytest.mark.parametrize(("zone", "javascript"), [("Asia/Seoul", False)])
def test_without_scripts_it_is_told_in_utc(page, signed_in):
    booked = Entry.objects.filter(player=signed_in()).latest("pk").created_at

    page.goto("/ledger")

    expect(page.locator("time[data-local]").first).to_have_text(f"{booked.strftime(PATTERN)} UTC")
