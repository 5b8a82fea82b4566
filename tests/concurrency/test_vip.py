"""The day's VIP points under many hands."""

from datetime import UTC, datetime

import pytest

from economy.ledger.selectors import wallet_of
from economy.reconcile.services import reconcile
from economy.rewards.models import UserReward
from economy.vip.services import claim
from tests import factories
from tests.concurrency.together import together

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2031, 1, 1, tzinfo=UTC)


def test_fifty_simultaneous_claims_are_one():
    player = factories.player().pk

    outcomes = together(50, lambda _: claim(player_id=player, now=NOW))

    assert sum(not claimed.idempotent for claimed in outcomes) == 1
    assert {(claimed.awarded_points, claimed.new_vip_points, claimed.claimed_at) for claimed in outcomes} == {
        (50, 50, NOW)
    }
    assert UserReward.objects.filter(user_id=player, reward_type="VIP_DAILY").count() == 1
    assert wallet_of(player).vip_points == 50
    assert reconcile().violations == 0
