"""One round, many hands: cash-outs, the sweep, the next bet and the end itself, on real connections."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event

import pytest
from django.db import connection, transaction

from economy.ledger import services as ledger
from economy.ledger.models import Entry
from economy.ledger.rules import Asset, Move
from economy.ledger.selectors import wallet_of
from economy.reconcile.services import reconcile
from games.crash import rules
from games.crash.selectors import database_now
from games.crash.services import RoundOpen, Seat, cash_out, look, place_bet, sweep
from games.rounds.models import Round
from games.stats.models import UserGameStats
from tests import factories
from tests.concurrency.together import together

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
RACES = 1000


@pytest.fixture
def player():
    return factories.player()


def _bet(player, auto=None):
    return place_bet(player_id=player.pk, bet_amount=10, auto_cashout=auto, now=NOW)


def test_fifty_simultaneous_cash_outs_are_one_payout(player, monkeypatch):
    monkeypatch.setattr(rules, "crash_point_of", lambda draw, odds=None: 100_000)
    game_id = _bet(player).play.game_id

    seats = together(50, lambda number: cash_out(player_id=player.pk, game_id=game_id, received_at=database_now()))

    assert len({(seat.play, seat.balance) for seat in seats}) == 1
    assert Entry.objects.filter(player=player, reason="crash.win").count() == 1
    assert wallet_of(player.pk).gold == 990 + seats[0].play.win
    assert [found for found in reconcile().findings if found.violations] == []


def test_twenty_simultaneous_bets_are_one_flight(player, monkeypatch):
    monkeypatch.setattr(rules, "crash_point_of", lambda draw, odds=None: 100_000)

    outcomes = together(20, lambda number: _bet(player))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["RoundOpen"] * 19 + ["Seat"]
    seat = next(outcome for outcome in outcomes if isinstance(outcome, Seat))
    refused = {outcome.extra["game_id"] for outcome in outcomes if isinstance(outcome, RoundOpen)}
    assert refused == {seat.play.game_id}
    assert wallet_of(player.pk).gold == 990
    assert [found for found in reconcile().findings if found.violations] == []


def test_cash_outs_racing_the_end_the_sweep_and_a_look_settle_each_round_once(player, monkeypatch):
    """1,000 rounds of a few milliseconds each, all four settling at about the moment the crane flies off."""
    monkeypatch.setattr(rules, "ms_for", lambda multiplier: max(0, multiplier - 100) % 7)
    chances = random.Random(7)
    with transaction.atomic():
        gift = Move(Asset.GOLD, 10 * RACES, "adjustment", "enough for all")
        gold = ledger.post(player.pk, [gift], now=NOW).balances.gold
    with ThreadPoolExecutor(4) as pool:
        for _ in range(RACES):
            auto = chances.choice([None, None, 101, 103])
            game_id = _bet(player, auto).play.game_id
            due_at = Round.objects.get(pk=game_id).due_at
            received_at = due_at + timedelta(milliseconds=chances.choice([-1, 0, 1]))
            acts = [
                lambda game_id=game_id, received_at=received_at: cash_out(
                    player_id=player.pk, game_id=game_id, received_at=received_at
                ),
                lambda game_id=game_id: look(player_id=player.pk, game_id=game_id),
                sweep,
                sweep,
            ]
            chances.shuffle(acts)
            for done in [pool.submit(act) for act in acts]:
                done.result(30)
            sweep()
            settled = Round.objects.get(pk=game_id)
            assert settled.status == "settled"
            gold += settled.win - 10
        every_thread = Barrier(4)
        for done in [pool.submit(_let_go, every_thread) for _ in range(4)]:
            done.result(30)

    assert wallet_of(player.pk).gold == gold
    assert UserGameStats.objects.get(user=player).rounds == RACES
    assert len(set(Round.objects.values_list("outcome__status", flat=True))) == 3
    assert [found for found in reconcile().findings if found.violations] == []


def _let_go(every_thread):
    every_thread.wait(30)
    connection.close()


def _thirty_vanished_players(monkeypatch):
    """Thirty flights that were over an hour ago and would pay 20 each, swept in batches of five."""
    monkeypatch.setattr(rules, "crash_point_of", lambda draw, odds=None: 300)
    monkeypatch.setattr("games.crash.services.SWEEP_BATCH", 5)
    players = [factories.player() for _ in range(30)]
    for each in players:
        _bet(each, auto=200)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE games_round SET created_at = created_at - interval '1 hour', due_at = due_at - interval '1 hour'"
        )
    return players


def test_sweeps_at_once_settle_every_round_once(monkeypatch):
    players = _thirty_vanished_players(monkeypatch)

    counts = together(8, lambda number: sweep())

    assert sum(counts) == 30
    assert {wallet_of(each.pk).gold for each in players} == {1010}
    assert [found for found in reconcile().findings if found.violations] == []


def test_a_busy_player_does_not_keep_the_sweep_from_the_others(monkeypatch):
    longest_over, *others = _thirty_vanished_players(monkeypatch)

    assert _sweep_while_busy(longest_over) == 29
    assert [wallet_of(each.pk).gold for each in (longest_over, *others)] == [990] + [1010] * 29
    assert sweep() == 1


def test_a_player_in_the_middle_of_something_is_not_waited_for(player, monkeypatch):
    monkeypatch.setattr(rules, "crash_point_of", lambda draw, odds=None: 99)
    game_id = _bet(player).play.game_id

    assert _sweep_while_busy(player) == 0
    assert Round.objects.get(pk=game_id).status == "open"


def _sweep_while_busy(player):
    """What a sweep settles while the player's wallet is held, and which would hang if it waited for that."""
    held, swept = Event(), Event()

    def hold_or_sweep(number):
        if number == 0:
            with transaction.atomic():
                ledger.lock_wallet(player.pk)
                held.set()
                return swept.wait(30)
        assert held.wait(30)
        try:
            return sweep()
        finally:
            swept.set()

    let_go, settled = together(2, hold_or_sweep)
    assert let_go is True
    return settled
