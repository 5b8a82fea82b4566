"""Repair: four kinds of drift put right, once; a second run changes nothing."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.inbox.models import Notification
from casino_club.core import redis
from casino_club.core.models import Alert
from economy.ledger import services as ledger
from economy.ledger.rules import Asset, Move
from economy.streaks import mirror, truth
from economy.streaks.models import AttendanceDay, StreakRepairReport, StreakState
from economy.streaks.repair import repair, repair_players
from economy.streaks.rules import Action
from economy.streaks.selectors import status
from economy.streaks.services import claim, set_protection, tick
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY = datetime(2031, 1, 6, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LOGIN, SLOT = Action.DAILY_LOGIN, Action.SLOT_SPIN


@pytest.fixture
def player():
    return factories.player().pk


def attend(player, *days, action=LOGIN):
    for day in days:
        tick(player_id=player, action=action, now=MONDAY + day * DAY)


def on(day: int) -> date:
    return (MONDAY + day * DAY).date()


def days(player, action=LOGIN) -> dict[date, str]:
    return dict(AttendanceDay.objects.filter(player_id=player, action=action).values_list("date", "source"))


def state(player, action=LOGIN) -> StreakState:
    return StreakState.objects.get(player_id=player, action=action)


def lock(player, day: int, action=LOGIN) -> str:
    key = mirror.lock_key(player, action, on(day))
    redis.client().set(key, 1)
    return key


def book(player, reason: str, day: int, amount: int = -10):
    with transaction.atomic():
        ledger.post(player, [Move(Asset.GOLD, amount, reason, f"test:{day}")], now=MONDAY + day * DAY)


def assert_settled(day: int):
    """Whatever was done, nothing is left to do."""
    again = repair(now=MONDAY + day * DAY)
    assert again.changes == 0
    assert again.failures == []


# --- A lock without attendance ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("action", "reason"),
    [(SLOT, "slot.bet"), (Action.CRASH_BET, "crash.bet"), (Action.GACHA_PULL, "gacha.pull"), (LOGIN, "slot.bet")],
)
def test_a_lock_of_a_day_on_which_the_player_acted_gets_its_day(player, action, reason):
    attend(player, 0, action=action)
    book(player, reason, 1)
    lock(player, 1, action)

    report = repair(now=MONDAY + DAY)

    assert report.attendance_added == 1
    assert days(player, action) == {on(0): "tick", on(1): "repaired"}
    assert state(player, action).count == 2
    assert status(player, action, MONDAY + DAY).count == 2
    assert_settled(1)


def test_a_claim_shows_that_its_day_was_attended(player):
    claim(player_id=player, action=LOGIN, now=MONDAY)
    AttendanceDay.objects.filter(player_id=player).delete()
    lock(player, 0)

    repair(now=MONDAY)

    assert days(player) == {on(0): "repaired"}
    assert state(player).count == 1
    assert_settled(0)


def test_a_sign_in_shows_that_the_player_was_there(player):
    with time_machine.travel(MONDAY, tick=False):
        factories.session(state_owner := factories.player())
    lock(state_owner.pk, 0)

    repair(now=MONDAY)

    assert days(state_owner.pk) == {on(0): "repaired"}


@pytest.mark.parametrize(
    ("action", "reason", "amount"),
    [(SLOT, "crash.bet", -10), (LOGIN, "adjustment", 10), (LOGIN, "slot.win", 10), (LOGIN, "slot.bet", None)],
)
def test_a_lock_of_a_day_without_the_players_own_act_is_dropped(player, action, reason, amount):
    if amount:
        book(player, reason, 1, amount)
    key = lock(player, 1, action)

    report = repair(now=MONDAY + DAY)

    assert (report.locks_dropped, report.attendance_added) == (1, 0)
    assert redis.client().get(key) is None
    assert days(player, action) == {}
    assert_settled(1)


def test_an_act_counts_for_the_game_day_it_was_done_on(player, settings):
    settings.GAME_TIMEZONE = "Asia/Seoul"
    midnight = datetime(2031, 1, 6, 15, tzinfo=UTC)
    with transaction.atomic():
        ledger.post(player, [Move(Asset.GOLD, -10, "slot.bet", "late")], now=midnight - timedelta(microseconds=1))
    lock(player, 0, SLOT)
    lock(player, 1, SLOT)

    repair(now=midnight)

    assert days(player, SLOT) == {on(0): "repaired"}


def test_a_day_that_is_added_before_its_miss_is_judged_saves_the_protection(player):
    attend(player, *range(7))
    book(player, "slot.bet", 7)
    lock(player, 7)

    report = repair(now=MONDAY + 8 * DAY)

    assert (report.attendance_added, report.protections_spent) == (1, 0)
    assert (state(player).count, state(player).protections) == (8, 1)


def test_strange_keys_are_left_alone(player):
    store = redis.client()
    keys = [
        "user:x:streak_daily_lock:DAILY_LOGIN:2031-01-06",
        "user:1:streak_daily_lock:LOTTERY:2031-01-06",
        f"user:{player}:streak_daily_lock:DAILY_LOGIN:2031-13-40",
        "user:999999999:streak_daily_lock:DAILY_LOGIN:2031-01-06",
    ]
    for key in keys:
        store.set(key, 1)

    report = repair(now=MONDAY)

    assert (report.changes, report.players_skipped) == (0, 0)
    assert all(store.get(key) for key in keys)


# --- Counters -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "drift",
    [
        {"count": 99, "longest": 99},
        {"count": 0},
        {"protections": 0},
        {"longest": 40},
        {"last_date": date(2031, 1, 1)},
        {"last_date": None},
    ],
)
def test_a_counter_that_is_not_its_days_is_rebuilt(player, drift):
    attend(player, *range(8))
    right = StreakState.objects.filter(player_id=player).values("count", "longest", "last_date", "protections").get()
    StreakState.objects.filter(player_id=player).update(**drift)

    report = repair(now=MONDAY + 7 * DAY)

    assert report.counters_rebuilt == 1
    assert StreakState.objects.filter(player_id=player).values(*right).get() == right
    assert_settled(7)


def test_a_lost_row_is_rebuilt_from_its_days(player):
    attend(player, *range(8), 8)
    StreakState.objects.filter(player_id=player).delete()

    assert repair(now=MONDAY + 8 * DAY).counters_rebuilt == 1
    assert (state(player).count, state(player).protections) == (9, 1)


def test_days_that_are_gone_shorten_the_count(player):
    attend(player, *range(5))
    AttendanceDay.objects.filter(player_id=player, date=on(2)).delete()

    repair(now=MONDAY + 4 * DAY)

    assert (state(player).count, state(player).longest) == (2, 2)


# --- Misses -------------------------------------------------------------------------------------------------------
def test_misses_spend_protections_and_end_what_is_not_protected(player):
    other, third = factories.player().pk, factories.player().pk
    attend(player, *range(21))
    attend(other, *range(18, 21))
    attend(third, *range(19, 22))

    report = repair(now=MONDAY + 22 * DAY)

    assert (report.protections_spent, report.streaks_ended, report.counters_rebuilt) == (1, 1, 0)
    assert (state(player).count, state(player).last_date, state(player).protections) == (21, on(21), 1)
    assert (state(other).count, state(other).longest) == (0, 3)
    assert state(third).count == 3
    assert report.active_streaks == 2
    assert Notification.objects.filter(player_id=player).count() == 1
    assert_settled(22)


def test_days_later_it_has_come_to_the_same_as_day_by_day(player):
    other = factories.player().pk
    attend(player, *range(21))
    attend(other, *range(21))

    for day in range(21, 26):
        repair(now=MONDAY + day * DAY)
        StreakState.objects.filter(player_id=other).update(last_date=on(20), count=21, protections=2)
        AttendanceDay.objects.filter(player_id=other, source="protected").delete()
    repair(now=MONDAY + 26 * DAY)

    assert days(player) == days(other)
    assert (state(player).count, state(player).protections) == (state(other).count, state(other).protections) == (0, 0)


def test_whoever_turned_protection_off_is_not_kept(player):
    attend(player, *range(7))
    set_protection(player_id=player, enabled=False, now=MONDAY + 6 * DAY)

    report = repair(now=MONDAY + 8 * DAY)

    assert (report.protections_spent, report.streaks_ended) == (0, 1)


def test_a_past_day_judges_only_what_came_before_it(player):
    attend(player, *range(7))

    repair(now=MONDAY + 20 * DAY, today=on(8))

    assert (state(player).count, state(player).last_date) == (7, on(7))


# --- Redis --------------------------------------------------------------------------------------------------------
def test_what_redis_forgot_comes_back(player):
    attend(player, *range(9))
    attend(player, 8, action=SLOT)

    report = repair(now=MONDAY + 8 * DAY)

    store = redis.client()
    assert store.smembers(f"user:{player}:attendance:DAILY_LOGIN") == {on(day).isoformat().encode() for day in range(9)}
    assert store.get(f"user:{player}:streak:DAILY_LOGIN") == b"9"
    assert store.get(f"user:{player}:streak_protection:DAILY_LOGIN") == b"1"
    assert store.get(f"user:{player}:streak_daily_lock:DAILY_LOGIN:{on(8)}") == b"1"
    assert all(store.ttl(key) > 0 for key in store.keys(f"user:{player}:*"))
    assert (report.sets_restored, report.values_restored) == (2, 6)
    assert_settled(8)


def test_a_wrong_figure_in_redis_is_set_right_unless_it_changed_meanwhile(player):
    attend(player, 0)
    repair(now=MONDAY)
    store, key = redis.client(), mirror.counter_key(player, LOGIN)
    store.set(key, 7)
    shown = [streak.as_shown() for streak in truth.read([player], today=on(0))]

    seen = mirror.values_off(shown)
    store.set(key, 8)
    assert mirror.exchange(seen, shown) == 0
    assert store.get(key) == b"8"
    repair(now=MONDAY)

    assert store.get(key) == b"1"


def test_without_redis_the_rows_are_put_right_all_the_same(player, settings, monkeypatch):
    attend(player, *range(7))

    def gone():
        raise redis.RedisError

    monkeypatch.setattr(mirror, "client", gone)

    assert repair(now=MONDAY + 8 * DAY).protections_spent == 1


# --- Running ------------------------------------------------------------------------------------------------------
def test_a_dry_run_says_what_the_real_one_then_does(player):
    other, third = factories.player().pk, factories.player().pk
    attend(player, *range(7))
    attend(other, 7, 8)
    StreakState.objects.filter(player_id=other).update(count=1)
    attend(third, 7)
    book(third, "slot.bet", 8)
    lock(third, 8)
    lock(other, 8, SLOT)
    before = list(StreakState.objects.order_by("id").values()), days(player), set(redis.client().keys())

    dry = repair(now=MONDAY + 8 * DAY, dry_run=True)
    assert (list(StreakState.objects.order_by("id").values()), days(player), set(redis.client().keys())) == before
    assert Notification.objects.count() == 0
    real = repair(now=MONDAY + 8 * DAY)

    told = ["attendance_added", "locks_dropped", "counters_rebuilt", "protections_spent", "streaks_ended"]
    assert [getattr(dry, name) for name in told] == [getattr(real, name) for name in told] == [1, 1, 2, 1, 0]
    assert dry.dry_run
    assert_settled(8)


def test_a_player_it_fails_for_does_not_stop_the_others(player):
    others = [factories.player().pk for _ in range(6)]
    for one in [player, *others]:
        attend(one, *range(7))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN IF NEW.player_id = {player} THEN RAISE 'refused'; END IF; RETURN NEW; END $$;
                CREATE TRIGGER refuse BEFORE UPDATE ON economy_streakstate FOR EACH ROW EXECUTE FUNCTION refuse()"""
        )

    report = repair(now=MONDAY + 8 * DAY)

    assert [failure["player_id"] for failure in report.failures] == [player]
    assert report.protections_spent == 6
    assert all(days(other)[on(7)] == "protected" for other in others)
    assert on(7) not in days(player)
    alert = Alert.objects.get(rule="streak_repair_failed", resolved_at__isnull=True)
    assert alert.text == "플레이어 1명의 연속 출석을 복구하지 못했어요."


def test_a_lost_connection_is_not_taken_for_a_failing_player(player, monkeypatch):
    monkeypatch.setattr(connection, "is_usable", lambda: False)

    def lost(*_args, **_kwargs):
        raise DatabaseError

    monkeypatch.setattr(truth, "read", lost)

    with pytest.raises(DatabaseError):
        repair(now=MONDAY)


def test_drift_above_a_hundredth_of_the_active_streaks_is_told_and_its_passing_too():
    crowd = [factories.player().pk for _ in range(4)]
    for one in crowd:
        attend(one, 0, 1)
    repair(now=MONDAY + DAY)
    assert Alert.objects.filter(rule="streak_repair_ratio", resolved_at__isnull=True).exists(), "Redis lacked it all"
    repair(now=MONDAY + DAY)
    assert not Alert.objects.filter(rule="streak_repair_ratio", resolved_at__isnull=True).exists()

    StreakState.objects.filter(player_id=crowd[0]).update(count=1)
    repair(now=MONDAY + DAY)

    alert = Alert.objects.get(rule="streak_repair_ratio", resolved_at__isnull=True)
    assert (alert.severity, alert.text) == ("warning", "이어지는 연속 출석 4건 가운데 1건을 복구했어요.")


def test_misses_alone_raise_no_alarm():
    for _ in range(3):
        attend(factories.player().pk, 0)
    repair(now=MONDAY)

    repair(now=MONDAY + 5 * DAY)

    assert not Alert.objects.filter(rule="streak_repair_ratio", resolved_at__isnull=True).exists()


def test_the_batch_is_a_handful_of_statements_however_many_players(django_assert_max_num_queries):
    crowd = [factories.player().pk for _ in range(30)]
    for one in crowd:
        attend(one, *range(7))
    repair(now=MONDAY + 6 * DAY)

    with django_assert_max_num_queries(20):
        report = repair(now=MONDAY + 8 * DAY)

    assert report.protections_spent == 30


def test_an_operator_repairs_a_few_players(player):
    other, operator = factories.player().pk, factories.operator().pk
    for one in (player, other):
        attend(one, *range(7))
    lock(player, 8, SLOT)
    lock(other, 8, SLOT)

    report = repair_players(player_ids=[player], operator_id=operator, now=MONDAY + 8 * DAY)

    assert (report.requested_by_id, report.players) == (operator, 1)
    assert (report.protections_spent, report.locks_dropped) == (1, 1)
    assert on(7) not in days(other)


@time_machine.travel(MONDAY + 8 * DAY, tick=False)
def test_the_command_repairs_and_says_what_it_did(player):
    attend(player, *range(7))

    out = StringIO()
    call_command("streak_repair", "--dry-run", stdout=out)
    assert on(7) not in days(player)
    call_command("streak_repair", stdout=out)
    assert days(player)[on(7)] == "protected"
    call_command("streak_repair", "--date", on(8).isoformat(), stdout=out)

    assert out.getvalue().count("protections_spent            1") == 2
    assert StreakRepairReport.objects.count() == 3
    assert StreakRepairReport.objects.order_by("id").last().changes == 0


@time_machine.travel(MONDAY, tick=False)
@pytest.mark.parametrize("day", ["2031-01-07", "2031-13-01", "yesterday"])
def test_the_command_refuses_a_day_it_cannot_judge(day):
    with pytest.raises(CommandError):
        call_command("streak_repair", "--date", day)
