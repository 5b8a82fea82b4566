"""A reward is paid once for its key, with its entries, or not at all."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from economy.ledger.models import Entry
from economy.ledger.rules import rewarded_reasons
from economy.ledger.selectors import wallet_of
from economy.ledger.services import BalanceOverflow, WalletMissing
from economy.onboarding.services import open_wallet
from economy.rewards.models import UserReward
from economy.rewards.rules import TYPE_REASONS, Amounts
from economy.rewards.services import RewardConflict, grant
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2031, 1, 1, tzinfo=UTC)
ALL_FOUR = Amounts(gold=500, gems=5, xp=50, vip_points=1)


@pytest.fixture
def player():
    return factories.player().pk


def give(player, key="gift:1", amounts=ALL_FOUR, reward_type="GIFT", **more):
    fields = {"reason": "reward.grant", "metadata": {"event": 1}, "now": NOW} | more
    with transaction.atomic():
        return grant(player_id=player, reward_type=reward_type, amounts=amounts, key=key, **fields)


def test_a_reward_is_a_row_and_an_entry_for_each_amount(player):
    granted = give(player)

    assert granted.idempotent is False
    assert granted.balances.gold == 1500
    reward = UserReward.objects.get(idempotency_key="gift:1")
    assert (reward.gold_amount, reward.gem_amount, reward.xp_amount, reward.vip_points) == (500, 5, 50, 1)
    assert (reward.user_id, reward.reward_type, reward.reward_metadata, reward.created_at) == (
        player,
        "GIFT",
        {"event": 1},
        NOW,
    )
    entries = Entry.objects.filter(player_id=player, reference="gift:1").values_list("asset", "amount", "reason")
    assert set(entries) == {(asset, amount, "reward.grant") for asset, amount in ALL_FOUR.by_asset()}


def test_a_repeat_gives_the_same_reward_and_todays_balance(player):
    first = give(player)
    give(player, key="another", amounts=Amounts(gold=1))

    again = give(player, amounts=Amounts(gold=999_999), metadata={"other": True})

    assert again.idempotent is True
    assert again.reward.pk == first.reward.pk
    assert again.reward.gold_amount == 500
    assert again.balances.gold == 1501


def test_a_key_belongs_to_one_player_and_one_type(player):
    give(player)

    with pytest.raises(RewardConflict):
        give(factories.player().pk)
    with pytest.raises(RewardConflict):
        give(player, reward_type="MISSION")


def test_a_reward_that_cannot_be_paid_leaves_no_row(player):
    with pytest.raises(BalanceOverflow):
        give(player, amounts=Amounts(gold=2**63 - 1))

    assert not UserReward.objects.filter(idempotency_key="gift:1").exists()


def test_whoever_has_no_wallet_gets_nothing():
    with pytest.raises(WalletMissing):
        give(factories.operator().pk)


@pytest.mark.parametrize("fields", [{"reason": "slot.win"}, {"key": ""}, {"key": "k" * 201}])
def test_what_no_caller_may_ask_is_refused(player, fields):
    with pytest.raises(ValueError, match="."):
        give(player, **fields)


@pytest.mark.parametrize(
    ("amounts", "error"),
    [({}, ValueError), ({"gold": -1}, ValueError), ({"gold": 1.5}, TypeError), ({"xp": True}, TypeError)],
)
def test_a_reward_gives_whole_amounts_and_takes_nothing(amounts, error):
    with pytest.raises(error):
        Amounts(**amounts)


def test_opening_a_wallet_twice_welcomes_once(player):
    open_wallet(user_id=player, now=NOW)

    assert wallet_of(player).gold == 1000
    assert UserReward.objects.filter(user_id=player, reward_type="WELCOME").count() == 1


def test_every_type_of_reward_is_called_as_the_ledger_calls_its_reason():
    assert {*TYPE_REASONS.values(), "reward.grant"} == set(rewarded_reasons())
