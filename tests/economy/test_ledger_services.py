"""Money's one verb: what a post writes, what it refuses, and what a repeat gives."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from economy.ledger import services as ledger
from economy.ledger.models import Entry, Tally
from economy.ledger.rules import BIGINT_MAX, Asset, Move
from economy.ledger.selectors import wallet_of
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, 34, 56, 789, tzinfo=UTC)
HOUR = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def player():
    return factories.player().pk


def gold(amount: int, reference: str = "r1", reason: str = "adjustment", **more) -> Move:
    return Move(Asset.GOLD, amount, reason, reference, **more)


def post(player: int, *moves: Move):
    with transaction.atomic():
        return ledger.post(player, moves, now=NOW)


def tally(player: int, reason: str) -> list[tuple]:
    return list(
        Tally.objects.filter(player_id=player, reason=reason).values_list("hour", "asset", "entries", "units", "amount")
    )


def test_a_bet_with_its_win_and_xp_is_one_statement(player):
    moves = [
        gold(-100, "round:1", "slot.bet"),
        gold(250, "round:1", "slot.win"),
        Move(Asset.XP, 10, "play.xp", "round:1"),
    ]

    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        posting = ledger.post(player, moves, now=NOW)

    assert len(captured) == 1
    assert [entry.balance_after for entry in posting.entries] == [900, 1150, 10]
    assert (posting.balances.gold, posting.balances.xp, posting.existing) == (1150, 10, False)
    wallet = wallet_of(player)
    assert (wallet.gold, wallet.gems, wallet.xp, wallet.vip_points) == (1150, 0, 10, 0)
    rows = Entry.objects.filter(player_id=player, reference="round:1").order_by("id")
    assert [row.pk for row in rows] == [entry.id for entry in posting.entries]
    assert [(row.reason, row.asset, row.amount, row.balance_after) for row in rows] == [
        ("slot.bet", "gold", -100, 900),
        ("slot.win", "gold", 250, 1150),
        ("play.xp", "xp", 10, 10),
    ]
    assert {row.created_at for row in rows} == {NOW}
    assert tally(player, "slot.bet") == [(HOUR, "gold", 1, 1, -100)]


def test_units_and_metadata_are_kept_and_units_tallied(player):
    post(player, gold(10, "a", units=10, metadata={"뽑기": "열 번"}))
    post(player, gold(5, "b", units=0))

    assert Entry.objects.get(reference="a").metadata == {"뽑기": "열 번"}
    assert tally(player, "adjustment") == [(HOUR, "gold", 2, 10, 15)]


def test_two_moves_of_one_reason_in_one_post_are_tallied_together(player):
    post(player, gold(10, "a"), gold(20, "b"))

    assert tally(player, "adjustment") == [(HOUR, "gold", 2, 2, 30)]


def test_a_repeat_gives_what_exists_and_moves_nothing(player):
    moves = [gold(-300, "round:1", "slot.bet"), Move(Asset.XP, 30, "play.xp", "round:1")]
    first = post(player, *moves)
    post(player, gold(-700, "later"))

    again = post(player, *moves)

    assert again.existing is True
    assert again.entries == first.entries
    assert again.balances.gold == 0, "the balances are those of now, even when the move could no longer be paid for"
    assert tally(player, "slot.bet") == [(HOUR, "gold", 1, 1, -300)]


@pytest.mark.parametrize("other", [{"amount": -301}, {"amount": 300}, {"units": 2}])
def test_a_repeat_with_another_amount_raises(player, other):
    post(player, gold(-300))

    with pytest.raises(ledger.LedgerConflict):
        post(player, Move(**({"asset": Asset.GOLD, "amount": -300, "reason": "adjustment", "reference": "r1"} | other)))

    assert wallet_of(player).gold == 700


def test_a_repeat_of_a_part_raises_and_moves_nothing(player):
    post(player, gold(-300, "a"))

    for moves in (
        [gold(-300, "a"), gold(-1, "b")],
        [gold(-1, "b"), gold(-300, "a")],
        [gold(-300, "a"), gold(-9999, "b")],
    ):
        with pytest.raises(ledger.LedgerConflict):
            post(player, *moves)

    assert wallet_of(player).gold == 700
    assert not Entry.objects.filter(reference="b").exists()


@pytest.mark.parametrize(
    ("asset", "refusal", "code"),
    [
        (Asset.GOLD, ledger.InsufficientGold, "insufficient_gold"),
        (Asset.GEMS, ledger.InsufficientGems, "insufficient_gems"),
        (Asset.XP, ledger.InsufficientXp, "insufficient_xp"),
        (Asset.VIP_POINTS, ledger.InsufficientVipPoints, "insufficient_vip_points"),
    ],
)
def test_no_balance_goes_below_nothing(player, asset, refusal, code):
    with pytest.raises(refusal) as refused:
        post(player, gold(5, "kept?"), Move(asset, -1006, "adjustment", "too much"))

    assert refused.value.code == code
    assert wallet_of(player).gold == 1000
    assert not Entry.objects.filter(reference="kept?").exists()


def test_the_last_coin_can_be_spent_and_not_one_more(player):
    assert post(player, gold(-1000, "all")).balances.gold == 0

    with pytest.raises(ledger.InsufficientGold):
        post(player, gold(-1, "one more"))


def test_a_win_does_not_pay_for_the_bet_before_it(player):
    with pytest.raises(ledger.InsufficientGold):
        post(player, gold(-1001, "round:1", "slot.bet"), gold(5000, "round:1", "slot.win"))


@pytest.mark.parametrize("amount", [BIGINT_MAX, BIGINT_MAX + 1, 10**30, -(10**30)])
def test_more_than_a_wallet_can_hold_is_refused_cleanly(player, amount):
    with pytest.raises(ledger.BalanceOverflow):
        post(player, gold(amount))

    assert wallet_of(player).gold == 1000


def test_two_moves_with_one_reference_in_one_post_are_a_mistake(player):
    with pytest.raises(ValueError, match="same"):
        post(player, gold(1), gold(2))


def test_a_player_without_a_wallet_is_refused():
    operator = factories.operator().pk

    with pytest.raises(ledger.WalletMissing):
        post(operator, gold(1))
    with pytest.raises(ledger.WalletMissing), transaction.atomic():
        ledger.lock_wallet(operator)
    assert wallet_of(operator).gold == 0


@pytest.mark.django_db(transaction=True)
def test_nothing_is_written_or_locked_outside_a_transaction():
    player = factories.player().pk

    for act in (lambda: ledger.post(player, [gold(1)], now=NOW), lambda: ledger.lock_wallet(player)):
        with pytest.raises(transaction.TransactionManagementError):
            act()


@pytest.mark.parametrize("table", ["economy_entry", "user_rewards"])
@pytest.mark.parametrize("act", ["UPDATE {} SET created_at = created_at", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_itself_refuses_to_rewrite_history(player, table, act):
    with pytest.raises(DatabaseError, match="annot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act.format(table))


@pytest.mark.parametrize("column", ["gold", "gems", "xp", "vip_points"])
def test_the_database_itself_refuses_a_negative_wallet(player, column):
    refused = pytest.raises(DatabaseError, match=f"wallet_{column}_not_negative")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE economy_wallet SET {column} = -1 WHERE player_id = %s", [player])
