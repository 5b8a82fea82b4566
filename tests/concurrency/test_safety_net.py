"""The safety net under many hands."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from economy.ledger import services as ledger
from economy.ledger.rules import Asset, Move
from economy.ledger.selectors import wallet_of
from economy.reconcile.services import reconcile
from economy.safetynet.services import Caught, SafetyNetNotNeeded, take
from tests import factories
from tests.concurrency.together import together

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2031, 1, 1, tzinfo=UTC)


def test_thirty_hands_at_once_are_caught_once():
    player = factories.player().pk
    with transaction.atomic():
        ledger.post(player, [Move(Asset.GOLD, -1000, "adjustment", "lost")], now=NOW)

    outcomes = together(30, lambda _: take(player_id=player, now=NOW))

    assert sum(isinstance(outcome, Caught) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, SafetyNetNotNeeded) for outcome in outcomes) == 29
    assert wallet_of(player).gold == 100
    assert reconcile().violations == 0
