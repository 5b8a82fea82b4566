"""The attendance book in a browser: a month of cards, protection at hand, with and without scripts."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from casino_club.core import clock
from economy.streaks.models import AttendanceDay, StreakState
from economy.streaks.rules import Action
from economy.streaks.services import claim
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
everywhere = pytest.mark.parametrize("width", [360, 1280])
both_languages = pytest.mark.parametrize("language", ["ko", "en"])
DAY = timedelta(days=1)


@pytest.fixture
def regular(signed_in):
    """Somebody who came a week, missed a day, and came until yesterday; one of the days was repaired."""
    now: datetime = clock.now()
    user = factories.player()
    type(user).objects.filter(pk=user.pk).update(created_at=now - 12 * DAY)
    for ago in (11, 10, 9, 8, 7, 6, 5, 3, 2, 1):
        claim(player_id=user.pk, action=Action.DAILY_LOGIN, now=now - ago * DAY)
    AttendanceDay.objects.filter(player_id=user.pk, date=clock.game_date(now - 2 * DAY)).update(source="repaired")
    return signed_in(user)


@everywhere
@both_languages
def test_a_regular_sees_the_month_and_switches_protection(page, regular, picture, assert_accessible, language):
    page.goto("/streak")
    expect(page.locator("h1")).to_have_text({"ko": "출석부", "en": "Attendance book"}[language])
    # Opening the club attends: the page follows by itself.
    expect(page.locator(".run__count")).to_contain_text({"ko": "11일 연속", "en": "11 days in a row"}[language])
    picture("streak", full=True)
    assert_accessible()

    page.locator("#streak-protection form button").click()

    expect(page.locator("#toasts .toast--success")).to_be_visible()
    expect(page.locator("#streak-protection input[name=enabled]")).to_have_value("1")
    assert StreakState.objects.get(player_id=regular.pk).protection_enabled is False
    assert page.evaluate("document.activeElement.id") == "protection-title"
    picture("streak-protection-off", full=True)
    assert_accessible()


@pytest.mark.parametrize("javascript", [False])
def test_protection_is_switched_without_javascript(page, regular):
    page.goto("/streak")
    page.locator("#streak-protection form button").click()
    expect(page.locator("#toasts .toast")).to_be_visible()
    assert StreakState.objects.get(player_id=regular.pk).protection_enabled is False


@everywhere
def test_the_home_page_leads_to_the_book(page, regular):
    page.goto("/")
    expect(page.locator("#streak-week")).to_contain_text("11일 연속")
    page.get_by_role("link", name="한 달 전체 보기").click()
    expect(page.locator("h1")).to_have_text("출석부")


@pytest.mark.parametrize("javascript", [False])
def test_an_operator_reads_the_timeline(page, signed_in, regular, picture):
    state = StreakState.objects.get(player_id=regular.pk)
    page.context.clear_cookies()
    signed_in(factories.operator(role="viewer"))
    page.goto(f"/admin/economy/streakstate/{state.pk}/change/")
    expect(page.locator("table.timeline")).to_have_count(4)
    picture("streak-desk", full=True)
