"""A flight moves gold, XP, nonce, statistics and streak together, once, whoever ends it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from casino_club.core.errors import InvalidInput, NotFound
from economy.ledger.models import Entry
from economy.ledger.selectors import wallet_of
from economy.ledger.services import InsufficientGold, WalletMissing
from economy.limits.rules import Kind
from economy.limits.services import set_limits
from economy.reconcile.services import reconcile
from economy.streaks.models import AttendanceDay
from games.crash import rules, selectors
from games.crash.invariants import INVARIANTS
from games.crash.rules import Status
from games.crash.services import RoundOpen, cash_out, look, place_bet, sweep
from games.fairness.models import SeedPair
from games.fairness.rules import Draw
from games.fairness.services import RoundOpen as SeedsInUse
from games.fairness.services import rotate
from games.rounds import selectors as tables
from games.rounds.models import Round
from games.slot.services import spin
from games.stats.models import DailyGameStats, UserGameStats
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def player():
    return factories.player()


@pytest.fixture
def crash_at(monkeypatch):
    """Every flight ends at this crash point."""

    def fix(hundredths):
        monkeypatch.setattr(rules, "crash_point_of", lambda draw, odds=None: hundredths)

    return fix


def _bet(player, bet=100, auto=None, now=NOW):
    return place_bet(player_id=player.pk, bet_amount=bet, auto_cashout=auto, now=now)


def _cash_out(player, seat, after_ms):
    received_at = seat.play.started_at + timedelta(milliseconds=after_ms)
    return cash_out(player_id=player.pk, game_id=seat.play.game_id, received_at=received_at)


def _make_over(*players):
    """As if their flights had begun long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE games_round SET created_at = created_at - interval '1 hour', due_at = due_at - interval '1 hour'
                WHERE player_id = ANY(%s) AND status = 'open'""",
            [[player.pk for player in players]],
        )


def _entries(player, seat):
    rows = Entry.objects.filter(player=player, reference=f"round:{seat.play.game_id}")
    return {(row.reason, row.asset): (row.amount, row.units) for row in rows}


def test_a_bet_takes_the_stake_gives_xp_and_keeps_its_end_to_itself(player, crash_at):
    crash_at(250)

    seat = _bet(player, 100, auto=200)

    assert seat.balance == wallet_of(player.pk).gold == 900
    assert _entries(player, seat) == {("crash.bet", "gold"): (-100, 1), ("play.xp", "xp"): (10, 1)}
    opened = Round.objects.get(pk=seat.play.game_id)
    assert (opened.status, opened.bet, opened.win, opened.nonce) == ("open", 100, 0, 0)
    assert opened.outcome == {"auto_cashout": 200}
    assert opened.due_at == seat.play.started_at + timedelta(milliseconds=rules.ms_for(200))
    assert (seat.play.status, seat.play.crash_point, seat.play.at_ms) == (Status.PLACED, None, None)
    assert not UserGameStats.objects.filter(user=player).exists()


def test_the_crash_point_comes_from_the_seed_pair(player):
    seat = _bet(player)
    pair = SeedPair.objects.get(player=player)
    crash_point = rules.crash_point_of(Draw(bytes(pair.server_seed), pair.client_seed, seat.play.nonce))
    opened = Round.objects.get(pk=seat.play.game_id)

    assert opened.due_at - opened.created_at == timedelta(milliseconds=rules.flight_of(crash_point, None).ends_ms)
    _make_over(player)
    assert look(player_id=player.pk, game_id=seat.play.game_id).play.crash_point == crash_point


def test_a_cash_out_pays_the_multiplier_of_its_receipt(player, crash_at):
    crash_at(100_000)
    seat = _bet(player, 105)

    result = _cash_out(player, seat, rules.ms_for(250))

    assert (result.play.status, result.play.multiplier, result.play.win) == (Status.CASHED_OUT, 250, 262)
    assert result.balance == wallet_of(player.pk).gold == 1000 - 105 + 262
    assert _entries(player, seat)["crash.win", "gold"] == (262, 1)
    settled = Round.objects.get(pk=seat.play.game_id)
    assert (settled.status, settled.win, settled.multiplier) == ("settled", 262, 250)
    assert settled.outcome == {
        "auto_cashout": None, "status": "cashed_out", "crash_point": 100_000, "at_ms": rules.ms_for(250),
    }  # fmt: skip


@pytest.mark.parametrize(("late_ms", "status"), [(-1, "cashed_out"), (0, "crashed"), (1, "crashed")])
def test_one_millisecond_decides_and_late_always_loses(player, crash_at, late_ms, status):
    crash_at(183)
    seat = _bet(player)

    result = _cash_out(player, seat, rules.ms_for(184) + late_ms)

    assert result.play.status == status
    assert bool(result.play.win) == (status == "cashed_out")
    assert wallet_of(player.pk).gold == 900 + result.play.win


def test_a_payout_of_the_stake_alone_is_no_win(player, crash_at):
    crash_at(500)
    seat = _bet(player, 10)

    _cash_out(player, seat, rules.ms_for(109))

    assert _entries(player, seat)["crash.win", "gold"] == (10, 0)
    stats = UserGameStats.objects.get(user=player, game="crash")
    assert (stats.total_wins, stats.total_losses, stats.highest_multiplier) == (0, 0, 109)


def test_a_repeated_cash_out_changes_nothing(player, crash_at):
    crash_at(500)
    seat = _bet(player)
    first = _cash_out(player, seat, 5000)

    second = _cash_out(player, seat, 9000)

    assert (second.play, second.balance) == (first.play, first.balance)
    assert UserGameStats.objects.get(user=player).rounds == 1


def test_an_automatic_cash_out_pays_its_target_however_late_anybody_looks(player, crash_at):
    crash_at(300)
    seat = _bet(player, 100, auto=250)
    _make_over(player)

    result = look(player_id=player.pk, game_id=seat.play.game_id)

    assert (result.play.status, result.play.multiplier, result.play.win) == (Status.AUTO_CASHED, 250, 250)
    assert result.balance == wallet_of(player.pk).gold == 1150


def test_looking_at_a_flight_in_the_air_tells_nothing(player, crash_at):
    crash_at(100_000)
    seat = _bet(player)

    seen = look(player_id=player.pk, game_id=seat.play.game_id)

    assert (seen.play, seen.balance) == (seat.play, seat.balance)


def test_a_second_bet_waits_for_the_first_flight_to_end(player, crash_at):
    crash_at(100_000)
    first = _bet(player)

    with pytest.raises(RoundOpen) as refused, transaction.atomic():
        _bet(player)

    assert refused.value.extra == {"game_id": first.play.game_id}
    assert SeedPair.objects.get(player=player).next_nonce == 1
    assert wallet_of(player.pk).gold == 900


def test_a_bet_settles_a_last_flight_that_is_over(player, crash_at):
    crash_at(300)
    first = _bet(player, 100, auto=200)
    _make_over(player)

    second = _bet(player, 100)

    assert second.balance == 1000 - 100 + 200 - 100
    assert Round.objects.get(pk=first.play.game_id).outcome["status"] == "auto_cashed"
    assert second.play.nonce == 1


def test_the_sweep_settles_what_is_over_and_nothing_else(crash_at, monkeypatch):
    monkeypatch.setattr("games.crash.services.SWEEP_BATCH", 2)
    crash_at(100_000)
    gone, staying = [factories.player() for _ in range(5)], factories.player()
    for player in (*gone, staying):
        _bet(player)
    _make_over(*gone)

    assert sweep() == 5
    assert sweep() == 0
    assert list(Round.objects.filter(status="open").values_list("player_id", flat=True)) == [staying.pk]
    assert wallet_of(gone[0].pk).gold == 900 + 100_000
    assert Round.objects.filter(status="settled", settled_at__lt=Round.objects.first().due_at).count() == 0


def test_a_flight_that_cannot_be_settled_holds_up_no_other(crash_at):
    crash_at(100_000)
    longest_over, *others = [factories.player() for _ in range(4)]
    for player in (longest_over, *others):
        _bet(player)
    _make_over(longest_over, *others)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE games_round SET odds_version = 'of a newer node' WHERE player_id = %s", [longest_over.pk]
        )

    with pytest.raises(ExceptionGroup) as told:
        sweep()

    assert [type(error) for error in told.value.exceptions] == [KeyError]
    assert list(Round.objects.filter(status="open").values_list("player_id", flat=True)) == [longest_over.pk]
    assert wallet_of(others[-1].pk).gold == 900 + 100_000


@pytest.mark.usefixtures("midday")
def test_statistics_count_settled_flights_on_the_day_they_end(player, crash_at):
    crash_at(300)
    for after_ms in (rules.ms_for(200), 10**6):
        _cash_out(player, _bet(player), after_ms)

    stats, day = UserGameStats.objects.get(user=player, game="crash"), DailyGameStats.objects.get(user=player)

    for row in (stats, day):
        assert (row.rounds, row.total_bets, row.total_wins, row.total_losses) == (2, 2, 1, 1)
        assert (row.total_wagered, row.total_won, row.highest_multiplier) == (200, 200, 200)


def test_a_cash_out_stamped_before_the_start_pays_the_start(player, crash_at):
    crash_at(300)
    seat = _bet(player)

    result = _cash_out(player, seat, -3)

    assert (result.play.multiplier, result.play.at_ms) == (100, 0)
    assert Round.objects.get(pk=seat.play.game_id).settled_at == seat.play.started_at


def test_the_days_first_bet_ticks_the_crash_streak(player, crash_at):
    crash_at(99)
    for now in (NOW, NOW + timedelta(hours=1), NOW + timedelta(days=1)):
        _bet(player, now=now)

    assert AttendanceDay.objects.filter(player=player, action="CRASH_BET").count() == 2


def test_seeds_stay_while_a_flight_drawn_from_them_is_in_the_air(player, crash_at):
    crash_at(100_000)
    seat = _bet(player)

    with pytest.raises(SeedsInUse):
        rotate(player_id=player.pk, now=NOW)

    _cash_out(player, seat, 1000)
    revealed, _ = rotate(player_id=player.pk, now=NOW)
    assert revealed.rounds == 1


@pytest.mark.parametrize(
    ("bet", "auto", "field"),
    [
        (9, None, "bet_amount"),
        (10_001, None, "bet_amount"),
        (100, 100, "auto_cashout_multiplier"),
        (100, 100_001, "auto_cashout_multiplier"),
    ],
)
def test_bets_outside_the_table_are_refused(player, bet, auto, field):
    with pytest.raises(InvalidInput) as refused:
        _bet(player, bet, auto)

    assert list(refused.value.fields) == [field]


def test_too_little_gold_leaves_no_trace(player):
    with pytest.raises(InsufficientGold), transaction.atomic():
        _bet(player, 1001)

    assert not Round.objects.exists()
    assert not SeedPair.objects.exists()


def test_an_account_without_a_wallet_cannot_play():
    with pytest.raises(WalletMissing):
        _bet(factories.operator())


def test_other_peoples_flights_do_not_exist(player, crash_at):
    crash_at(100_000)
    seat = _bet(player)

    with pytest.raises(NotFound):
        _cash_out(factories.player(), seat, 1000)
    with pytest.raises(NotFound):
        look(player_id=factories.player().pk, game_id=seat.play.game_id)


def test_the_last_flights_are_listed_the_latest_first(player, crash_at):
    crash_at(300)
    first = _cash_out(player, _bet(player, 10), 1000).play
    second = _cash_out(player, _bet(player, 10), 2000).play
    _bet(player, 10)

    assert selectors.recent_of(player.pk) == [second, first]


@pytest.mark.django_db(transaction=True)
def test_the_books_are_right_after_every_kind_of_end(player, monkeypatch):
    points = [99, 300, 300, 150, 300, 5000, 120]
    monkeypatch.setattr(rules, "crash_point_of", lambda draw, odds=None: points[draw._nonce])
    for after_ms, auto in ((1, None), (3000, None), (10**6, None), (5000, None), (10**6, 150), (10**6, 110)):
        _cash_out(player, _bet(player, 29, auto), after_ms)
    _bet(player, 29)

    assert reconcile().violations == 0


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("win = win + 1", "flights_pay_as_they_ended"),
        ("multiplier = 400, win = 116", "flights_pay_as_they_ended"),
        ("outcome = jsonb_set(outcome, '{status}', '\"crashed\"')", "flights_pay_as_they_ended"),
        (
            "status = 'open', settled_at = NULL, win = 0, due_at = now() - interval '6 minutes'",
            "no_flight_is_forgotten",
        ),
    ],
)
def test_tampering_with_a_flight_is_noticed(player, crash_at, change, broken):
    crash_at(300)
    seat = _bet(player, 29, 200)
    _cash_out(player, seat, 10**6)

    def found():
        with connection.cursor() as cursor:
            return {each.name for each in INVARIANTS if _rows(cursor, each.sql)}

    assert found() == set()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"UPDATE games_round SET {change}")
    assert found() == {broken}


def _rows(cursor, sql):
    cursor.execute(sql)
    return cursor.fetchall()


@pytest.mark.usefixtures("midday")
def test_the_last_flight_is_settled_before_the_players_limits_are_looked_at(player, crash_at):
    """What it pays counts for the losses of the day on which it ended, by the database's clock."""
    crash_at(300)
    today = selectors.database_now()
    set_limits(player_id=player.pk, wanted={Kind.LOSS: 150}, now=today)
    _bet(player, 100, auto=200, now=today)
    _make_over(player)

    seat = _bet(player, 150, now=today)

    assert seat.balance == wallet_of(player.pk).gold == 1000 - 100 + 200 - 150


def test_a_bet_on_a_table_that_changed_meanwhile_is_placed_on_the_new_one(player, crash_at, monkeypatch):
    crash_at(300)
    _bet(player)
    _make_over(player)
    sweep()
    read, reads = tables.table_of, []

    def read_before_another_round(*args, **kwargs):
        table = read(*args, **kwargs)
        reads.append(table)
        if len(reads) == 1:
            spin(player_id=player.pk, bet_amount=20, lines=20, now=NOW)
        return table

    monkeypatch.setattr(tables, "table_of", read_before_another_round)
    seat = _bet(player)

    assert [table.ticket.nonce for table in reads] == [1, 2]
    assert seat.play.nonce == 2
    assert SeedPair.objects.get(player=player).next_nonce == 3
