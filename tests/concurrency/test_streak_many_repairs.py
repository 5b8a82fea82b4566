"""Repair among many hands: two beats, four workers, and players who tick while it runs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from accounts.inbox.models import Notification
from casino_club.core import redis
from economy.ledger import services as ledger
from economy.streaks import repair as repairing
from economy.streaks.models import AttendanceDay, StreakRepairReport, StreakState
from economy.streaks.repair import repair, repair_players
from economy.streaks.rules import Action
from economy.streaks.services import tick
from tests import factories
from tests.concurrency.together import together

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = datetime(2031, 1, 6, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LOGIN = Action.DAILY_LOGIN
NOW = MONDAY + 8 * DAY


def crowd(size: int, days: int = 7) -> list[int]:
    """Players who came seven days and then missed one; written straight, to have many."""
    players = [factories.player().pk for _ in range(size)]
    AttendanceDay.objects.bulk_create(
        AttendanceDay(player_id=player, action=LOGIN, date=(MONDAY + day * DAY).date(), source="tick", created_at=NOW)
        for player in players
        for day in range(days)
    )
    StreakState.objects.bulk_create(
        StreakState(
            player_id=player,
            action=LOGIN,
            count=days,
            longest=days,
            last_date=(MONDAY + (days - 1) * DAY).date(),
            protections=1,
            updated_at=NOW,
        )
        for player in players
    )
    return players


def test_two_repairs_at_once_do_it_once():
    crowd(40)

    together(4, lambda _: repair(now=NOW))
    again = repair(now=NOW)

    assert again.changes == 0
    assert sum(StreakRepairReport.objects.values_list("protections_spent", flat=True)) == 40
    assert AttendanceDay.objects.filter(source="protected").count() == 40
    assert Notification.objects.filter(kind="streak.protection_used").count() == 40
    assert set(StreakState.objects.values_list("count", "protections")) == {(7, 0)}


def test_four_workers_on_the_same_players_at_once_spend_each_protection_once():
    players, operator = crowd(40), factories.operator().pk
    for player in players:
        redis.client().set(f"user:{player}:streak_daily_lock:SLOT_SPIN:2031-01-14", 1)

    reports = together(4, lambda _: repair_players(player_ids=players, operator_id=operator, now=NOW))
    repair(now=NOW)

    assert all(isinstance(report, StreakRepairReport) for report in reports), reports
    assert AttendanceDay.objects.filter(source="protected").count() == 40
    assert set(StreakState.objects.values_list("count", "protections")) == {(7, 0)}
    assert redis.client().keys("user:*:streak_daily_lock:SLOT_SPIN:*") == []
    assert repair(now=NOW).changes == 0


def test_players_who_tick_while_it_runs_lose_nothing(monkeypatch):
    monkeypatch.setattr(repairing, "BATCH", 7)
    players = crowd(40)

    def act(number: int):
        if number % 5 == 0:
            return repair(now=NOW)
        return [tick(player_id=player, action=LOGIN, now=NOW) for player in players[number % 5 - 1 :: 4]]

    together(10, act)
    repair(now=NOW)

    assert set(StreakState.objects.values_list("count", "longest", "protections")) == {(8, 8, 0)}
    assert AttendanceDay.objects.filter(source="protected").count() == 40
    assert Notification.objects.filter(kind="streak.protection_used").count() == 40
    assert {redis.client().get(f"user:{player}:streak:DAILY_LOGIN") for player in players} == {b"8"}
    assert repair(now=NOW).changes == 0


def test_who_is_playing_just_then_is_left_to_the_next_run():
    playing, *others = crowd(5)
    answers = []

    def act(number: int):
        if number == 0:
            with transaction.atomic():
                ledger.lock_wallet(playing)
                while not answers:
                    with connection.cursor() as cursor:
                        cursor.execute("SELECT pg_sleep(0.02)")
        else:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.2)")
            answers.append(repair(now=NOW))

    together(2, act)

    assert (answers[0].players_skipped, answers[0].protections_spent) == (1, len(others))
    assert repair(now=NOW).protections_spent == 1
