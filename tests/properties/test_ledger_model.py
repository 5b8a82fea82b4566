"""The ledger against the most naive model of it: a list of what was accepted."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from economy.invariants import INVARIANTS
from economy.ledger import services as ledger
from economy.ledger.models import Entry, Tally
from economy.ledger.rules import Asset, Move, Window
from economy.ledger.selectors import total, wallet_of
from tests import factories

pytestmark = pytest.mark.django_db
START = datetime(2031, 1, 1, tzinfo=UTC)
REASONS = ("slot.bet", "slot.win", "play.xp", "adjustment")

moves = st.builds(
    Move,
    asset=st.sampled_from(Asset),
    amount=st.integers(-2000, 2000).filter(bool),
    reason=st.sampled_from(REASONS),
    reference=st.sampled_from("abcd"),
    units=st.integers(0, 10),
)
postings = st.lists(moves, min_size=1, max_size=4, unique_by=lambda move: (move.asset, move.reason, move.reference))
moments = st.integers(0, 6 * 3_600_000_000).map(lambda us: START + timedelta(microseconds=us)) | st.integers(0, 6).map(
    lambda hours: START + timedelta(hours=hours)
)


class Books:
    """What must come of a sequence of posts, by the plainest of means."""

    def __init__(self):
        self.balances = dict.fromkeys(Asset, 0) | {Asset.GOLD: 1000}
        self.accepted: list[tuple[datetime, Move]] = []

    def post(self, posting: list[Move], now: datetime) -> str:
        booked = {(move.asset, move.reason, move.reference): move for _, move in self.accepted}
        before = [booked.get((move.asset, move.reason, move.reference)) for move in posting]
        after, short = dict(self.balances), False
        for move in posting:
            after[move.asset] += move.amount
            short = short or after[move.asset] < 0
        if any(before):
            pairs = zip(before, posting, strict=True)
            same = all(old and (old.amount, old.units) == (new.amount, new.units) for old, new in pairs)
            return "repeat" if same else "conflict"
        if short:
            return "short"
        self.balances = after
        self.accepted += [(now, move) for move in posting]
        return "posted"


def real_post(player: int, posting: list[Move], now: datetime) -> str:
    try:
        with transaction.atomic():
            return "repeat" if ledger.post(player, posting, now=now).existing else "posted"
    except ledger.LedgerConflict:
        return "conflict"
    except (
        ledger.InsufficientGold,
        ledger.InsufficientGems,
        ledger.InsufficientXp,
        ledger.InsufficientVipPoints,
    ):
        return "short"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(postings, moments), max_size=25), st.lists(st.tuples(moments, moments), min_size=1, max_size=5)
)
def test_the_ledger_does_what_a_list_would(db, sequence, windows):
    player = factories.player().pk
    books = Books()

    for posting, now in sequence:
        assert real_post(player, posting, now) == books.post(posting, now)

    wallet = wallet_of(player)
    assert books.balances == {asset: getattr(wallet, asset) for asset in Asset}
    assert Entry.objects.filter(player_id=player).exclude(reason="welcome.grant").count() == len(books.accepted)
    for start, end in windows:
        for asset in (Asset.GOLD, Asset.XP):
            inside = [
                move
                for at, move in books.accepted
                if start <= at < end and move.asset == asset and move.reason in REASONS[:2]
            ]
            found = total(player, Window(start, end), asset, REASONS[:2])
            assert found.amount == sum(move.amount for move in inside)
            assert (found.entries, found.units) == (len(inside), sum(move.units for move in inside))
    for invariant in INVARIANTS:
        with connection.cursor() as cursor:
            cursor.execute(invariant.sql)
            assert cursor.fetchall() == [], invariant.name
    assert Tally.objects.filter(player_id=player).count() <= len(books.accepted) + 1
