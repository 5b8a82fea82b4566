"""Simultaneous pulls of one player, over the API, on real connections."""

import json

import pytest
from django.db.models import Sum
from django.test import Client

from casino_club.core import clock
from economy.ledger.selectors import wallet_of
from economy.reconcile.services import reconcile
from games.gacha.demo import demo_banners
from games.gacha.models import Banner, InventoryItem, Pity
from games.rounds.models import Round
from tests import factories
from tests.concurrency.together import together

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 20


@pytest.fixture
def player(settings):
    settings.RATE_BETS_PER_SECOND = 1000
    demo_banners(now=clock.now())
    return factories.player()


def _pulls(player, key_of, *, count=1):
    headers = factories.bearer(player)
    banner = Banner.objects.get(odds_version="gacha-standard-2026-11-23")
    body = json.dumps({"banner_id": banner.pk, "pull_count": count, "currency": "gold"})

    def send(number):
        return Client().post(
            "/api/games/gacha/pull",
            body,
            content_type="application/json",
            headers={**headers, "Idempotency-Key": key_of(number)},
        )

    return together(AT_ONCE, send)


def test_twenty_pulls_with_one_key_are_one(player):
    answers = _pulls(player, lambda number: "the-same-key")

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert Round.objects.filter(player=player).count() == 1
    assert wallet_of(player.pk).gold == 850
    assert reconcile().violations == 0


def test_twenty_pulls_with_gold_for_six_are_six(player):
    answers = _pulls(player, lambda number: f"key-number-{number}")

    refused = [answer for answer in answers if answer.status_code != 200]
    assert len(refused) == AT_ONCE - 6
    assert {answer.json()["error"] for answer in refused} == {"insufficient_gold"}
    assert wallet_of(player.pk).gold == 100
    assert InventoryItem.objects.filter(player=player).aggregate(n=Sum("quantity"))["n"] == 6
    assert reconcile().violations == 0


def test_twenty_tens_at_once_are_two_hundred_cards_and_no_pity_is_lost(player):
    factories.give(player, gold=40_000)

    answers = _pulls(player, lambda number: f"key-number-{number}", count=10)

    assert {answer.status_code for answer in answers} == {200}
    assert Pity.objects.get(player=player).pulls == 200
    assert sum(result["guaranteed"] for answer in answers for result in answer.json()["results"]) <= 4
    assert reconcile().violations == 0
