"""Attempts at the very same moment: each is counted once, and none slips past a threshold."""

import pytest

from casino_club.core import clock
from economy.fraud.models import FraudAudit
from economy.fraud.rules import Attempt, Tier
from economy.fraud.services import assess
from tests import factories
from tests.concurrency.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_thirty_attempts_at_once_nineteen_pass():
    player, now = factories.player().pk, clock.now()
    attempt = Attempt(player, "shop.buy", 9_900, "a" * 64, "203.0.113.9", "device-0001", "order-1")

    decisions = together(30, lambda _: assess(attempt=attempt, now=now))

    assert sorted(decision.tier for decision in decisions) == [Tier.ALLOW] * 19 + [Tier.SOFT_BLOCK] * 11
    counted = [features["attempts_user_5m"] for features in FraudAudit.objects.values_list("features", flat=True)]
    assert sorted(counted) == list(range(1, 31))
