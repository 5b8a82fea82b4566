"""Protection: earned by staying, spent by missing, off when asked; status says the same before any repair as after."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.inbox.models import Notification
from casino_club.core import redis
from economy.ledger.services import WalletMissing
from economy.streaks.models import AttendanceDay, StreakState
from economy.streaks.repair import repair
from economy.streaks.rules import Action
from economy.streaks.selectors import history, protection, status
from economy.streaks.services import claim, set_protection, tick
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY = datetime(2031, 1, 6, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LOGIN = Action.DAILY_LOGIN


@pytest.fixture
def player():
    return factories.player().pk


def attend(player, *days, action=LOGIN):
    for day in days:
        ticked = tick(player_id=player, action=action, now=MONDAY + day * DAY)
    return ticked


def on(day: int) -> date:
    return (MONDAY + day * DAY).date()


def protected(player) -> list[date]:
    rows = AttendanceDay.objects.filter(player_id=player, source="protected").order_by("date")
    return list(rows.values_list("date", flat=True))


def test_a_protection_is_earned_at_seven_and_at_twenty_one_and_two_are_held_at_most(player):
    held = []
    for day in range(36):
        attend(player, day)
        held.append(protection(player, MONDAY + day * DAY).held)

    assert held[5:7] == [0, 1]
    assert held[19:21] == [1, 2]
    assert held[33:] == [2, 2, 2]


@pytest.mark.parametrize(("count", "coming"), [(0, 7), (6, 7), (7, 21), (20, 21), (21, 35)])
def test_the_next_protection_is_announced(player, count, coming):
    if count:
        attend(player, *range(count))

    assert protection(player, MONDAY + max(count - 1, 0) * DAY).next_at_count == coming


def test_a_missed_day_spends_one_keeps_the_streak_and_does_not_grow_it(player):
    attend(player, *range(7))

    ticked = attend(player, 8)

    assert (ticked.count, ticked.protection_used) == (8, 1)
    assert protected(player) == [on(7)]
    assert protection(player, MONDAY + 8 * DAY).held == 0


def test_the_oldest_miss_is_covered_first_and_the_streak_ends_at_the_first_uncovered_one(player):
    attend(player, *range(7))

    ticked = attend(player, 10)

    assert (ticked.count, ticked.longest, ticked.protection_used) == (1, 7, 1)
    assert protected(player) == [on(7)]


def test_the_player_is_told_once_of_each_day_that_was_covered(player):
    attend(player, *range(21), 23)
    repair(now=MONDAY + 23 * DAY)

    told = Notification.objects.filter(player_id=player, kind="streak.protection_used").order_by("id")
    assert [notification.params["missed_date"] for notification in told] == [on(21).isoformat(), on(22).isoformat()]


def test_status_history_and_protection_say_the_same_before_any_repair_as_after(player):
    attend(player, *range(7))
    now = MONDAY + 8 * DAY

    before = status(player, LOGIN, now), history(player, LOGIN, year=2031, month=1, now=now), protection(player, now)
    repair(now=now)
    after = status(player, LOGIN, now), history(player, LOGIN, year=2031, month=1, now=now), protection(player, now)

    assert before == after
    assert (before[0].count, before[0].protections) == (7, 0)
    assert [day.date for day in before[1].days if day.state == "protected"] == [on(7)]
    assert before[2].used == [on(7)]


def test_a_day_off_with_protection_off_ends_the_streak_and_keeps_what_is_held(player):
    attend(player, *range(7))
    set_protection(player_id=player, enabled=False, now=MONDAY + 6 * DAY)

    assert status(player, LOGIN, MONDAY + 8 * DAY).count == 0
    assert attend(player, 8).count == 1
    assert protection(player, MONDAY + 8 * DAY).held == 1


def test_turning_it_on_again_does_not_bring_back_what_had_ended(player):
    attend(player, *range(7))
    set_protection(player_id=player, enabled=False, now=MONDAY + 6 * DAY)
    set_protection(player_id=player, enabled=True, now=MONDAY + 8 * DAY)

    assert status(player, LOGIN, MONDAY + 8 * DAY).count == 0
    repair(now=MONDAY + 9 * DAY)
    assert protected(player) == []
    assert StreakState.objects.get(player_id=player).protections == 1


def test_turning_it_off_judges_earlier_misses_as_it_was(player):
    attend(player, *range(7))

    found = set_protection(player_id=player, enabled=False, now=MONDAY + 8 * DAY)

    assert (found.enabled, found.held, found.used) == (False, 0, [on(7)])
    assert status(player, LOGIN, MONDAY + 8 * DAY).count == 7


def test_only_the_daily_attendance_is_protected(player):
    attend(player, *range(7), action=Action.SLOT_SPIN)

    assert attend(player, 8, action=Action.SLOT_SPIN).count == 1
    assert StreakState.objects.get(player_id=player).protections == 0


def test_a_tick_of_just_before_midnight_that_comes_late_takes_its_protection_back(player):
    attend(player, *range(7))
    attend(player, 8)

    late = tick(player_id=player, action=LOGIN, now=MONDAY + 7 * DAY)

    assert (late.count, late.ticked) == (8, True)
    assert attend(player, 8).count == 9
    assert protected(player) == []
    assert protection(player, MONDAY + 8 * DAY).held == 1


def test_a_tick_that_comes_after_the_repair_had_judged_its_day_still_counts(player):
    attend(player, 0, 1, 2)
    repair(now=MONDAY + 4 * DAY)
    assert StreakState.objects.get(player_id=player).count == 0

    late = tick(player_id=player, action=LOGIN, now=MONDAY + 3 * DAY)

    assert (late.count, attend(player, 4).count) == (4, 5)


def test_a_claim_after_a_covered_day_pays_for_the_count_that_stands(player):
    for day in range(7):
        claim(player_id=player, action=LOGIN, now=MONDAY + day * DAY)

    assert claim(player_id=player, action=LOGIN, now=MONDAY + 8 * DAY).streak_count == 8


def test_redis_shows_what_is_held(player, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        attend(player, *range(7))
    assert redis.client().get(f"user:{player}:streak_protection:DAILY_LOGIN") == b"1"

    with django_capture_on_commit_callbacks(execute=True):
        attend(player, 8)
        attend(player, 0, action=Action.SLOT_SPIN)

    assert redis.client().get(f"user:{player}:streak_protection:DAILY_LOGIN") == b"0"
    assert redis.client().get(f"user:{player}:streak_protection:SLOT_SPIN") is None


def test_a_streak_whose_row_is_gone_is_found_again_in_its_days(player):
    attend(player, *range(7))
    StreakState.objects.filter(player_id=player).delete()

    assert attend(player, 7).count == 8


def test_whoever_has_no_wallet_has_no_protection():
    operator = factories.operator().pk

    with pytest.raises(WalletMissing):
        set_protection(player_id=operator, enabled=False, now=MONDAY)


@pytest.mark.parametrize(
    ("zone", "last", "first"),
    [
        ("Asia/Seoul", datetime(2031, 1, 6, 14, 59, 59, 999000), datetime(2031, 1, 6, 15, 0, 0, 1000)),
        # Summer time begins: the day has 23 hours; in Santiago it begins at midnight, which does not exist.
        ("America/New_York", datetime(2031, 3, 10, 3, 59, 59, 999000), datetime(2031, 3, 10, 4, 0, 0, 1000)),
        ("America/Santiago", datetime(2031, 9, 7, 3, 59, 59, 999000), datetime(2031, 9, 7, 4, 0, 0, 1000)),
        # It ends: the day has 25 hours.
        ("Europe/Berlin", datetime(2031, 10, 26, 22, 59, 59, 999000), datetime(2031, 10, 26, 23, 0, 0, 1000)),
    ],
)
def test_a_day_has_one_midnight_in_every_zone(player, settings, zone, last, first):
    settings.GAME_TIMEZONE = zone
    last, first = last.replace(tzinfo=UTC), first.replace(tzinfo=UTC)

    before = tick(player_id=player, action=LOGIN, now=last)
    after = tick(player_id=player, action=LOGIN, now=first)

    assert (before.count, after.count, after.date - before.date) == (1, 2, DAY)
    assert status(player, LOGIN, last).resets_at == first.replace(microsecond=0)
    repair(now=first)
    assert status(player, LOGIN, first).count == 2
