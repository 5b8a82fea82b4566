"""Money under simultaneous hands: real transactions, one thread and connection each."""

import random
from datetime import UTC, datetime

import pytest
from django.db import transaction

from economy.ledger import services as ledger
from economy.ledger.models import Entry
from economy.ledger.rules import Asset, Move
from economy.ledger.selectors import wallet_of
from economy.reconcile.services import reconcile
from economy.rewards.models import UserReward
from economy.rewards.rules import Amounts
from economy.rewards.services import grant
from tests import factories
from tests.concurrency.together import together

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2031, 1, 1, tzinfo=UTC)


def debit(player: int, amount: int, reference: str):
    with transaction.atomic():
        return ledger.post(player, [Move(Asset.GOLD, -amount, "adjustment", reference)], now=NOW)


def test_forty_debits_with_gold_for_four_are_four():
    player = factories.player().pk

    outcomes = together(40, lambda n: debit(player, 250, f"debit:{n}"))

    refused = [outcome for outcome in outcomes if isinstance(outcome, ledger.InsufficientGold)]
    paid = [outcome for outcome in outcomes if isinstance(outcome, ledger.Posting)]
    assert (len(paid), len(refused)) == (4, 36)
    assert sorted(posting.balances.gold for posting in paid) == [0, 250, 500, 750]
    assert wallet_of(player).gold == 0
    assert reconcile().violations == 0


def test_one_debit_sent_fifty_times_at_once_is_one():
    player = factories.player().pk

    outcomes = together(50, lambda _: debit(player, 250, "the one"))

    assert sum(not posting.existing for posting in outcomes) == 1
    assert len({posting.entries for posting in outcomes}) == 1
    assert wallet_of(player).gold == 750
    assert reconcile().violations == 0


def test_fifty_grants_with_one_key_pay_once():
    player = factories.player().pk

    outcomes = together(
        50,
        lambda _: grant(
            player_id=player,
            reward_type="GIFT",
            amounts=Amounts(gold=100, gems=1),
            key="gift:1",
            reason="reward.grant",
            now=NOW,
        ),
    )

    assert sum(not granted.idempotent for granted in outcomes) == 1
    assert {granted.reward.pk for granted in outcomes} == {UserReward.objects.get(idempotency_key="gift:1").pk}
    assert wallet_of(player).gold == 1100
    assert reconcile().violations == 0


def test_transfers_between_players_in_both_directions_never_deadlock():
    players = [factories.player().pk for _ in range(4)]
    chances = random.Random(7)
    pairs = [chances.sample(players, 2) for _ in range(60)]

    def transfer(n: int):
        giver, taker = pairs[n]
        with transaction.atomic():
            ledger.lock_wallets([giver, taker])
            ledger.post(giver, [Move(Asset.GOLD, -1, "adjustment", f"transfer:{n}")], now=NOW)
            ledger.post(taker, [Move(Asset.GOLD, 1, "adjustment", f"transfer:{n}")], now=NOW)

    outcomes = together(60, transfer)

    assert outcomes == [None] * 60
    assert sum(wallet_of(player).gold for player in players) == 4000
    assert Entry.objects.filter(reference__startswith="transfer:").count() == 120
    assert reconcile().violations == 0
