"""Windows, days and pages of the ledger against plain sums of the entries."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from economy.ledger import services as ledger
from economy.ledger.rules import Asset, Move, Sum, Window
from economy.ledger.selectors import days_of, sums, total
from tests import factories

pytestmark = pytest.mark.django_db
NOON = datetime(2031, 11, 23, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.fixture
def player():
    return factories.player().pk


def post(player, amount, at, reason="adjustment", asset=Asset.GOLD, units=1):
    with transaction.atomic():
        ledger.post(player, [Move(asset, amount, reason, f"{at.isoformat()}:{amount}", units=units)], now=at)


def test_a_window_holds_its_first_moment_and_not_its_last(player):
    for at in (NOON - TICK, NOON, NOON + timedelta(hours=2) - TICK, NOON + timedelta(hours=2)):
        post(player, 1, at)

    assert total(player, Window(NOON, NOON + timedelta(hours=2)), Asset.GOLD, ["adjustment"]).entries == 2
    assert total(player, Window(NOON - TICK, NOON + TICK), Asset.GOLD, ["adjustment"]).entries == 2
    assert total(player, Window(NOON + TICK, NOON + 2 * TICK), Asset.GOLD, ["adjustment"]).entries == 0


def test_a_window_inside_one_hour_is_summed_from_entries(player):
    for minute in (10, 20, 30):
        post(player, minute, NOON + timedelta(minutes=minute), units=2)

    window = Window(NOON + timedelta(minutes=15), NOON + timedelta(minutes=30))

    assert total(player, window, Asset.GOLD) == Sum(entries=1, units=2, amount=20)


def test_other_assets_reasons_and_players_stay_out(player):
    other = factories.player().pk
    post(player, 7, NOON)
    post(player, 3, NOON, reason="slot.win")
    post(player, 100, NOON, asset=Asset.XP, reason="play.xp")
    post(other, 1000, NOON)
    window = Window(NOON, NOON + timedelta(hours=1))

    assert total(player, window, Asset.GOLD, ["adjustment"]).amount == 7
    assert total(player, window, Asset.GOLD).amount == 10
    assert total(player, window, Asset.GOLD, []).amount == 0
    assert sums(player, [window], Asset.XP) == [{"play.xp": Sum(1, 1, 100)}]


def test_many_windows_are_one_statement_and_an_empty_one_is_empty(player):
    post(player, 7, NOON)
    windows = [
        Window(NOON - timedelta(days=1), NOON),
        Window(NOON, NOON + TICK),
        Window(NOON, NOON),
        Window(NOON + TICK, NOON),
    ]

    with CaptureQueriesContext(connection) as captured:
        found = sums(player, windows, Asset.GOLD, ["adjustment"])

    assert len(captured) == 1
    assert found == [{}, {"adjustment": Sum(1, 1, 7)}, {}, {}]


def test_a_sum_of_hours_may_be_larger_than_a_bigint(player):
    huge = 9_000_000_000_000_000_000
    for hour in range(3):
        post(player, huge, NOON + timedelta(hours=hour))
        post(player, -huge, NOON + timedelta(hours=hour), reason="slot.bet")

    window = Window(NOON, NOON + timedelta(hours=3))

    assert total(player, window, Asset.GOLD, ["adjustment"]).amount == 3 * huge


@pytest.mark.parametrize("zone", ["UTC", "Asia/Seoul", "Asia/Kolkata", "America/New_York"])
def test_days_are_game_days_wherever_the_house_stands(player, settings, zone):
    settings.GAME_TIMEZONE = zone
    start = {
        "UTC": datetime(2031, 11, 23, tzinfo=UTC),
        "Asia/Seoul": datetime(2031, 11, 22, 15, tzinfo=UTC),
        "Asia/Kolkata": datetime(2031, 11, 22, 18, 30, tzinfo=UTC),
        "America/New_York": datetime(2031, 11, 23, 5, tzinfo=UTC),
    }[zone]
    post(player, -100, start - TICK, reason="slot.bet")
    post(player, -200, start, reason="slot.bet")
    post(player, 50, start + timedelta(hours=5), reason="slot.win")
    post(player, 11, start + timedelta(days=1) - TICK)
    post(player, -1, start + timedelta(days=1) - TICK)

    today, yesterday, before = days_of(player, days=3, now=start + timedelta(hours=23))

    assert (today.date.isoformat(), yesterday.date.isoformat()) == ("2031-11-23", "2031-11-22")
    assert (today.wagered, today.won, today.profit) == (200, 50, -150)
    assert (today.received, today.spent, today.net) == (10, 0, -140)
    assert (yesterday.wagered, yesterday.net, before.net) == (100, -100, 0)
