"""Simultaneous spins of one player, over the API, on real connections."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from economy.ledger.selectors import wallet_of
from economy.reconcile.services import reconcile
from games.fairness.models import SeedPair
from games.rounds.models import Round
from games.slot import rules
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 20
NOTHING = next((a, b, 0, 0, 0) for a in range(25) for b in range(25) if not rules.outcome_of((a, b, 0, 0, 0), 20).wins)


@pytest.fixture
def player(settings, monkeypatch):
    """A player whose spins all lose, so that the gold they have is exactly what they can bet."""
    settings.RATE_BETS_PER_SECOND = 1000
    monkeypatch.setattr(rules, "draw_stops", lambda draw: NOTHING)
    return factories.player()


def _at_once(player, bet, keys):
    headers = factories.bearer(player)
    start = Barrier(len(keys))

    def send(key):
        start.wait()
        try:
            return Client().post(
                "/api/games/slot/spin",
                json.dumps({"bet_amount": bet, "lines": 20}),
                content_type="application/json",
                headers={**headers, "Idempotency-Key": key},
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(len(keys)) as pool:
        return list(pool.map(send, keys))


def test_twenty_spins_with_one_key_are_one_round(player):
    answers = _at_once(player, 100, ["the-same-key"] * AT_ONCE)

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert Round.objects.filter(player=player).count() == 1
    assert wallet_of(player.pk).gold == 900
    assert reconcile().violations == 0


def test_twenty_spins_with_gold_for_four_are_four_rounds(player):
    answers = _at_once(player, 250, [f"key-number-{number}" for number in range(AT_ONCE)])

    played = [answer for answer in answers if answer.status_code == 200]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert len(played) == 4
    assert {answer.json()["error"] for answer in refused} == {"insufficient_gold"}
    assert sorted(Round.objects.filter(player=player).values_list("nonce", flat=True)) == [0, 1, 2, 3]
    assert SeedPair.objects.get(player=player).next_nonce == 4
    assert wallet_of(player.pk).gold == 0
    assert reconcile().violations == 0
