"""A pass under many hands: one upgrade is paid for, and each tier's reward is given once."""

from datetime import timedelta

import pytest

from economy.ledger.rules import hour_of
from economy.ledger.selectors import wallet_of
from economy.reconcile.services import reconcile
from economy.rewards.models import UserReward
from economy.seasons.services import Tier, schedule
from events.battlepass import services
from events.battlepass.models import PassClaim
from events.battlepass.rules import Track
from tests import factories
from tests.concurrency.together import together
from tests.events.play import NOW, fund

pytestmark = pytest.mark.django_db(transaction=True)


def test_upgrades_and_claims_at_once_pay_each_reached_tier_once():
    start, player = hour_of(NOW) - timedelta(days=1), factories.player().pk
    fund(player, at=start - timedelta(days=1), gold=10_000, gems=300)
    tiers = (Tier(xp=10, free_gold=50, premium_gold=200), Tier(xp=20, premium_gems=5), Tier(xp=5000, premium_gold=9))
    schedule(name="단풍", starts_at=start, ends_at=start + timedelta(days=28), premium_price_gems=100, tiers=tiers)
    fund(player, at=NOW, xp=100)
    before = wallet_of(player)

    def act(number: int):
        if number % 3 == 0:
            return services.upgrade(player_id=player, now=NOW)
        if number % 3 == 1:
            return services.claim(player_id=player, tier=1, track=Track.FREE, now=NOW)
        return services.claim_all(player_id=player, now=NOW)

    outcomes = together(18, act)

    upgrades = outcomes[::3]
    assert sum(isinstance(outcome, services.AlreadyPremium) for outcome in upgrades) == 5
    after = wallet_of(player)
    assert (after.gold - before.gold, after.gems - before.gems) == (50 + 200, 5 - 100)
    assert PassClaim.objects.count() == UserReward.objects.filter(reward_type="BATTLE_PASS").count() == 3
    assert reconcile().violations == 0
