"""Streaks in many tabs at once, also when the day turns between them."""

from datetime import UTC, datetime, timedelta

import pytest

from economy.ledger.models import Entry
from economy.ledger.selectors import wallet_of
from economy.reconcile.services import reconcile
from economy.streaks.models import AttendanceDay, StreakState
from economy.streaks.rules import Action
from economy.streaks.services import claim, tick
from tests import factories
from tests.concurrency.together import together

pytestmark = pytest.mark.django_db(transaction=True)
MIDNIGHT = datetime(2031, 1, 7, tzinfo=UTC)
LOGIN = Action.DAILY_LOGIN


def test_fifty_claims_at_once_are_one_payment_and_forty_nine_repeats():
    player = factories.player().pk

    outcomes = together(50, lambda _: claim(player_id=player, action=LOGIN, now=MIDNIGHT))

    assert sum(not claimed.idempotent for claimed in outcomes) == 1
    assert {
        (one.streak_count, one.awarded_gold, one.awarded_xp, one.new_gold_balance, one.claimed_at) for one in outcomes
    } == {(1, 1123, 55, 2123, MIDNIGHT)}
    assert wallet_of(player).gold == 2123
    assert Entry.objects.filter(player_id=player, reason="streak.claim").count() == 2
    assert reconcile().violations == 0


def test_two_tabs_on_each_side_of_midnight_are_one_day_each_side():
    players = [factories.player().pk for _ in range(10)]
    sides = (MIDNIGHT - timedelta(microseconds=1), MIDNIGHT + timedelta(microseconds=1))
    tabs = [(player, now) for player in players for now in (*sides, *sides)]

    outcomes = together(len(tabs), lambda n: tick(player_id=tabs[n][0], action=LOGIN, now=tabs[n][1]))

    assert sum(ticked.ticked for ticked in outcomes) == 20
    assert AttendanceDay.objects.count() == 20
    assert set(StreakState.objects.values_list("count", "longest", "last_date")) == {(2, 2, MIDNIGHT.date())}
