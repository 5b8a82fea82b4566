"""Two beats at once close a board once and pay its prizes once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from economy.ledger.rules import Asset, Move
from economy.ledger.selectors import wallet_of
from economy.ledger.services import post
from economy.rewards.models import UserReward
from games.rankings import services
from games.rankings.models import Leaderboard, Standing
from tests import factories
from tests.concurrency.together import together

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_beats_at_once_pay_each_prize_once():
    players = [factories.player() for _ in range(6)]
    for number, player in enumerate(players):
        with transaction.atomic():
            post(player.pk, [Move(Asset.GOLD, 100 + number, "slot.win", "test:1")], now=NOON)
    gold = {player.pk: wallet_of(player.pk).gold for player in players}

    found = together(8, lambda _: services.close_boards(now=NOON + timedelta(days=2)))

    boards = Leaderboard.objects.count()
    assert sum(found) == boards
    assert Standing.objects.filter(leaderboard__metric="net", leaderboard__period="2026-11-23").count() == 6
    for rank, player in enumerate(reversed(players), start=1):
        rewards = UserReward.objects.filter(user=player, reward_type="RANKING_PRIZE")
        assert wallet_of(player.pk).gold - gold[player.pk] == sum(reward.gold_amount for reward in rewards), rank
        assert rewards.filter(idempotency_key__contains=":net:2026-11-23:").count() == 1
    assert not Leaderboard.objects.filter(prizes_paid_at__isnull=True).exists()
