"""Streaks at the operators' desk: a timeline to read, a repair to ask for."""

from datetime import timedelta

import pytest
from django.urls import reverse

from casino_club.core import clock
from economy.streaks.models import StreakRepairReport, StreakState
from economy.streaks.rules import Action
from economy.streaks.services import tick
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "admin:economy_streakstate_changelist"


@pytest.fixture
def state():
    player = factories.player()
    tick(player_id=player.pk, action=Action.DAILY_LOGIN, now=clock.now())
    return StreakState.objects.get(player_id=player.pk)


def ask(role: str, action: str, state: StreakState):
    desk = factories.browser(factories.operator(role=role))
    return desk.post(
        reverse(LIST), {"action": action, "_selected_action": [state.pk], "audit_reason": "A test"}, follow=True
    )


def test_the_timeline_stands_on_the_streaks_page(state):
    desk = factories.browser(factories.operator(role="viewer"))

    page = desk.get(reverse("admin:economy_streakstate_change", args=[state.pk])).content.decode()

    assert page.count('class="timeline"') == 4
    assert "출석" in page


@pytest.mark.parametrize("role", ["support", "economy"])
def test_a_repair_of_chosen_players_is_reported_with_who_asked(state, role):
    StreakState.objects.filter(pk=state.pk).update(count=5, longest=5)

    answer = ask(role, "repair", state)

    state.refresh_from_db()
    assert state.count == 1
    report = StreakRepairReport.objects.get()
    assert (report.counters_rebuilt, report.players, report.dry_run) == (1, 1, False)
    assert report.requested_by is not None
    assert "플레이어 1명" in answer.content.decode()


def test_a_dry_run_changes_nothing(state):
    StreakState.objects.filter(pk=state.pk).update(count=5, longest=5)

    ask("support", "repair_dry_run", state)

    state.refresh_from_db()
    assert state.count == 5
    assert StreakRepairReport.objects.get().counters_rebuilt == 1


@pytest.mark.parametrize("role", ["viewer", "security"])
def test_who_may_not_repair_is_not_asked(state, role):
    StreakState.objects.filter(pk=state.pk).update(count=5, longest=5)

    ask(role, "repair", state)

    state.refresh_from_db()
    assert state.count == 5
    assert not StreakRepairReport.objects.exists()


def test_reports_are_listed_and_unchangeable():
    report = StreakRepairReport.objects.create(
        date=clock.now().date(), started_at=clock.now() - timedelta(minutes=1), finished_at=clock.now()
    )
    desk = factories.browser(factories.operator(role="viewer"))

    assert desk.get(reverse("admin:economy_streakrepairreport_changelist")).status_code == 200
    detail = desk.get(reverse("admin:economy_streakrepairreport_change", args=[report.pk]))
    assert detail.status_code == 200
    assert "_save" not in detail.content.decode()
