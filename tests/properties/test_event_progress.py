"""Progress equals a naive recomputation from entries, for random play, windows and moments of joining."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from economy.ledger import services as ledger
from economy.ledger.models import Entry
from economy.ledger.rules import Asset, Move, Window
from events.progress.rules import DERIVED
from events.progress.selectors import Span, values_of
from tests import factories
from tests.events.play import NOW, fund

pytestmark = pytest.mark.django_db

MOMENTS = st.one_of(
    st.integers(0, 6 * 3600 * 1_000_000),
    st.integers(0, 6).map(lambda hour: hour * 3600 * 1_000_000),
    st.integers(1, 6).map(lambda hour: hour * 3600 * 1_000_000 - 1),
).map(lambda micros: NOW.replace(minute=0, second=0, microsecond=0) + timedelta(microseconds=micros))
ROUNDS = st.lists(st.tuples(MOMENTS, st.integers(1, 990), st.integers(0, 2000), st.booleans()), min_size=1, max_size=12)
WINDOWS = st.lists(st.tuples(MOMENTS, MOMENTS).map(sorted), min_size=1, max_size=5)


def naive(player: int, start, end) -> dict[str, int]:
    rows = list(Entry.objects.filter(player_id=player, created_at__gte=start, created_at__lt=end))
    stakes = [row for row in rows if row.reason == "slot.bet"]
    wins = [row for row in rows if row.reason == "slot.win"]
    wagered = -sum(row.amount for row in stakes)
    bets = {row.reference: -row.amount for row in stakes}
    plays = len(stakes)
    return {
        "plays": plays,
        "wins": sum(1 for row in wins if row.amount > bets[row.reference]),
        "wagered_gold": wagered,
        "won_gold": sum(row.amount for row in wins),
        "slot_spins": plays,
        "crash_bets": 0,
        "gacha_pulls": 0,
        "xp": sum(row.amount for row in rows if row.asset == "xp"),
        "streak_claims": sum(1 for row in rows if row.reason == "streak.claim"),
        "spent_gems": -sum(row.amount for row in rows if row.reason == "pass.upgrade"),
        "model_index_points": plays + wagered // 100,
    }


def book(player: int, number: int, at, wager: int, win: int, extra: bool) -> None:
    reference = f"round:{player}-{number}"
    moves = [Move(Asset.GOLD, -wager, "slot.bet", reference), Move(Asset.XP, max(1, wager // 10), "play.xp", reference)]
    if win:
        moves.append(Move(Asset.GOLD, win, "slot.win", reference, units=int(win > wager)))
    if extra:
        moves += [Move(Asset.GOLD, 5, "streak.claim", reference), Move(Asset.GEMS, -1, "pass.upgrade", reference)]
    with transaction.atomic():
        ledger.post(player, moves, now=at)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=ROUNDS, windows=WINDOWS)
def test_every_metric_equals_a_naive_recomputation(rounds, windows):
    with transaction.atomic():
        players = [factories.player().pk, factories.player().pk]
        for player in players:
            fund(player, at=NOW - timedelta(days=1), gold=100_000, gems=100)
        for number, (at, wager, win, extra) in enumerate(rounds):
            book(players[number % 2], number, at, wager, win, extra)

        spans = [Span(player, Window(start, end), DERIVED) for player in players for start, end in windows]
        values = values_of(spans)

        assert values == [naive(span.player_id, span.window.start, span.window.end) for span in spans]
        transaction.set_rollback(True)
