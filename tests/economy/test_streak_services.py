"""Ticks and claims: once a day, also around midnight, whatever Redis holds."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from casino_club.core import redis
from economy.ledger.models import Entry
from economy.ledger.selectors import wallet_of
from economy.ledger.services import WalletMissing
from economy.rewards.models import UserReward
from economy.streaks import mirror
from economy.streaks.models import AttendanceDay, StreakState
from economy.streaks.rules import Action, DayState
from economy.streaks.selectors import history, status
from economy.streaks.services import NotAttended, claim, tick
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY = datetime(2031, 1, 6, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LOGIN = Action.DAILY_LOGIN


@pytest.fixture
def player():
    return factories.player().pk


def attended(player, action=LOGIN) -> list[date]:
    return list(
        AttendanceDay.objects.filter(player_id=player, action=action).order_by("date").values_list("date", flat=True)
    )


def test_the_days_first_tick_counts_and_the_others_do_not(player):
    first = tick(player_id=player, action=LOGIN, now=MONDAY)
    again = tick(player_id=player, action=LOGIN, now=MONDAY + timedelta(hours=5))

    assert (first.count, first.longest, first.ticked, first.date) == (1, 1, True, MONDAY.date())
    assert (again.count, again.longest, again.ticked) == (1, 1, False)
    assert attended(player) == [MONDAY.date()]


def test_a_second_before_and_a_second_after_midnight_are_two_days(player):
    midnight = datetime(2031, 1, 7, tzinfo=UTC)

    before = tick(player_id=player, action=LOGIN, now=midnight - timedelta(seconds=1))
    after = tick(player_id=player, action=LOGIN, now=midnight + timedelta(seconds=1))

    assert (before.count, after.count) == (1, 2)


def test_the_day_turns_with_the_house(player, settings):
    settings.GAME_TIMEZONE = "Asia/Seoul"
    midnight = datetime(2031, 1, 6, 15, tzinfo=UTC)

    tick(player_id=player, action=LOGIN, now=midnight - timedelta(microseconds=1))
    after = tick(player_id=player, action=LOGIN, now=midnight)

    assert after.count == 2
    assert attended(player) == [date(2031, 1, 6), date(2031, 1, 7)]


def test_a_missed_day_starts_again_and_the_longest_is_remembered(player):
    for day in (0, 1, 2, 4):
        found = tick(player_id=player, action=LOGIN, now=MONDAY + day * DAY)

    assert (found.count, found.longest) == (1, 3)


def test_a_tick_from_before_midnight_that_comes_late_still_counts_its_day(player):
    tick(player_id=player, action=LOGIN, now=MONDAY)
    tick(player_id=player, action=LOGIN, now=MONDAY + 2 * DAY)

    late = tick(player_id=player, action=LOGIN, now=MONDAY + DAY)
    again = tick(player_id=player, action=LOGIN, now=MONDAY + DAY)
    today = tick(player_id=player, action=LOGIN, now=MONDAY + 2 * DAY)

    assert (late.count, late.ticked, late.date) == (2, True, date(2031, 1, 7))
    assert (again.count, again.ticked) == (2, False)
    assert (today.count, today.longest) == (3, 3)


def test_a_claim_from_before_midnight_that_comes_late_pays_for_its_own_day(player):
    claim(player_id=player, action=LOGIN, now=MONDAY)
    claim(player_id=player, action=LOGIN, now=MONDAY + 2 * DAY)

    late = claim(player_id=player, action=LOGIN, now=MONDAY + DAY)

    assert (late.streak_count, late.awarded_gold) == (2, 1227)


def test_actions_are_counted_apart(player):
    tick(player_id=player, action=LOGIN, now=MONDAY)
    tick(player_id=player, action=LOGIN, now=MONDAY + DAY)

    assert tick(player_id=player, action=Action.SLOT_SPIN, now=MONDAY + DAY).count == 1


def test_a_claim_ticks_pays_and_says_why(player):
    claimed = claim(player_id=player, action=LOGIN, now=MONDAY)

    assert (claimed.streak_count, claimed.awarded_gold, claimed.awarded_xp) == (1, 1123, 55)
    assert (claimed.new_gold_balance, claimed.claimed_at, claimed.idempotent) == (2123, MONDAY, False)
    assert wallet_of(player).xp == 55
    reward = UserReward.objects.get(idempotency_key=f"streak:{player}:DAILY_LOGIN:2031-01-06")
    assert reward.reward_metadata["formula"] == "C_exp_decay_v1"
    assert set(Entry.objects.filter(reference=reward.idempotency_key).values_list("asset", "amount", "reason")) == {
        ("gold", 1123, "streak.claim"),
        ("xp", 55, "streak.claim"),
    }
    assert attended(player) == [MONDAY.date()]


def test_streak_rewards_follow_the_count_through_two_weeks(player):
    paid = [claim(player_id=player, action=LOGIN, now=MONDAY + day * DAY) for day in range(14)]

    assert [(paid[n - 1].awarded_gold, paid[n - 1].awarded_xp) for n in (1, 3, 7, 14)] == [
        (1123, 55),
        (1315, 63),
        (1551, 73),
        (1722, 83),
    ]


def test_a_repeated_claim_is_the_same_record_with_todays_balance(player):
    first = claim(player_id=player, action=LOGIN, now=MONDAY)
    claim(player_id=player, action=LOGIN, now=MONDAY + DAY)

    again = claim(player_id=player, action=LOGIN, now=MONDAY + timedelta(minutes=1))

    assert again.idempotent is True
    assert (again.streak_count, again.awarded_gold, again.claimed_at) == (1, first.awarded_gold, first.claimed_at)
    assert again.new_gold_balance == wallet_of(player).gold == 1000 + 1123 + 1227


def test_what_was_not_done_today_cannot_be_claimed(player):
    tick(player_id=player, action=Action.SLOT_SPIN, now=MONDAY - DAY)

    with pytest.raises(NotAttended):
        claim(player_id=player, action=Action.SLOT_SPIN, now=MONDAY)
    tick(player_id=player, action=Action.SLOT_SPIN, now=MONDAY)

    assert claim(player_id=player, action=Action.SLOT_SPIN, now=MONDAY).streak_count == 2


def test_whoever_has_no_wallet_has_no_streak():
    operator = factories.operator().pk

    for act in (tick, claim):
        with pytest.raises(WalletMissing), transaction.atomic():
            act(player_id=operator, action=LOGIN, now=MONDAY)
    assert not StreakState.objects.filter(player_id=operator).exists()


def test_a_claim_and_a_repeated_tick_stay_within_their_statements(player):
    claim(player_id=player, action=LOGIN, now=MONDAY)

    with CaptureQueriesContext(connection) as claimed:
        claim(player_id=player, action=LOGIN, now=MONDAY + DAY)
    with CaptureQueriesContext(connection) as repeated:
        claim(player_id=player, action=LOGIN, now=MONDAY + DAY)
    with CaptureQueriesContext(connection) as ticked:
        tick(player_id=player, action=LOGIN, now=MONDAY + DAY)

    # A savepoint of the test's own transaction stands in for BEGIN and COMMIT. These ceilings may only be lowered.
    assert len(claimed) <= 10
    assert len(repeated) <= 6
    assert len(ticked) <= 1


def test_redis_shows_the_day_once_it_is_committed_and_may_forget_it(player, django_capture_on_commit_callbacks):
    store = redis.client()
    with django_capture_on_commit_callbacks(execute=True):
        tick(player_id=player, action=LOGIN, now=MONDAY)
        assert store.dbsize() == 0
    with django_capture_on_commit_callbacks(execute=True):
        tick(player_id=player, action=LOGIN, now=MONDAY + DAY)

    lock = f"user:{player}:streak_daily_lock:DAILY_LOGIN:2031-01-07"
    assert mirror.lock_key(player, LOGIN, date(2031, 1, 7)) == lock
    assert 47 * 3600 < store.ttl(lock) <= 48 * 3600
    assert store.get(f"user:{player}:streak:DAILY_LOGIN") == b"2"
    assert store.smembers(f"user:{player}:attendance:DAILY_LOGIN") == {b"2031-01-06", b"2031-01-07"}
    assert 119 * 86400 < store.ttl(f"user:{player}:attendance:DAILY_LOGIN") <= 120 * 86400

    store.flushall()
    assert tick(player_id=player, action=LOGIN, now=MONDAY + DAY).ticked is False
    assert tick(player_id=player, action=LOGIN, now=MONDAY + 2 * DAY).count == 3


def test_the_status_before_after_and_the_day_after(player):
    new = status(player, LOGIN, MONDAY)
    assert (new.count, new.longest, new.claimed_today, new.claimable, new.month_total) == (0, 0, False, True, 0)
    assert (new.today_reward_gold, new.today_reward_xp, new.next_reward_gold) == (1123, 55, 1227)
    assert new.resets_at == datetime(2031, 1, 7, tzinfo=UTC)

    claim(player_id=player, action=LOGIN, now=MONDAY)
    claimed = status(player, LOGIN, MONDAY)
    assert (claimed.count, claimed.claimed_today, claimed.claimable) == (1, True, False)
    assert (claimed.today_reward_gold, claimed.next_reward_gold) == (1123, 1227)

    tomorrow = status(player, LOGIN, MONDAY + DAY)
    assert (tomorrow.count, tomorrow.claimable, tomorrow.today_reward_gold) == (1, True, 1227)
    assert status(player, LOGIN, MONDAY + 2 * DAY).count == 0


def test_what_the_server_ticks_is_claimable_only_once_done(player):
    assert status(player, Action.SLOT_SPIN, MONDAY).claimable is False
    tick(player_id=player, action=Action.SLOT_SPIN, now=MONDAY)
    assert status(player, Action.SLOT_SPIN, MONDAY).claimable is True


def test_the_week_and_the_month_show_each_day(player):
    wednesday = MONDAY + 2 * DAY
    claim(player_id=player, action=LOGIN, now=MONDAY - 2 * DAY)
    tick(player_id=player, action=LOGIN, now=MONDAY)
    claim(player_id=player, action=LOGIN, now=wednesday)
    AttendanceDay.objects.create(
        player_id=player, action=LOGIN, date=date(2031, 1, 5), source="protected", created_at=wednesday
    )

    found = status(player, LOGIN, wednesday)

    assert [day.date for day in found.week] == [date(2031, 1, day) for day in range(5, 12)]
    assert [day.state for day in found.week] == ["protected", "attended", "missed", "claimed", *["future"] * 3]
    assert found.month_total == 3, "a protected day is not an attended one"
    month = history(player, LOGIN, year=2031, month=1, now=wednesday)
    assert len(month.days) == 31
    assert [day.date.day for day in month.days if day.state == DayState.CLAIMED] == [4, 8]
    assert month.month_total == 3
    assert history(player, LOGIN, year=2030, month=2, now=wednesday).month_total == 0


def test_the_status_is_three_reads(player):
    claim(player_id=player, action=LOGIN, now=MONDAY)

    with CaptureQueriesContext(connection) as captured:
        status(player, LOGIN, MONDAY)

    assert len(captured) == 3
