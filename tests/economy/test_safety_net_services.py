"""The safety net: for whoever cannot bet, every 30 minutes, eight times a game day; API, strip and form."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction

from economy.ledger import services as ledger
from economy.ledger.rules import Asset, Move
from economy.ledger.selectors import wallet_of
from economy.rewards.models import UserReward
from economy.safetynet.selectors import offer
from economy.safetynet.services import SafetyNetNotNeeded, SafetyNetTooSoon, SafetyNetUsedUp, take
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2031, 1, 1, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
HALF_HOUR = timedelta(minutes=30)
PATH = "/api/economy/safety-net"


@pytest.fixture
def player():
    player = factories.player()
    leave(player.pk, 9)
    return player


def leave(player, gold, *, at=NOW):
    """The player is left with so much gold."""
    with transaction.atomic():
        held = ledger.lock_wallet(player).gold
        if held != gold:
            ledger.post(player, [Move(Asset.GOLD, gold - held, "adjustment", f"{at}:{held}")], now=at)


def taken(player, at):
    caught = take(player_id=player, now=at)
    leave(player, 0, at=at)
    return caught


@pytest.mark.parametrize(("gold", "given"), [(0, True), (9, True), (10, False), (11, False)])
def test_it_is_for_whoever_cannot_pay_the_smallest_bet(player, gold, given):
    leave(player.pk, gold)

    if given:
        assert take(player_id=player.pk, now=NOW).new_gold_balance == gold + 100
    else:
        with pytest.raises(SafetyNetNotNeeded):
            take(player_id=player.pk, now=NOW)


def test_it_opens_again_after_half_an_hour(player):
    assert taken(player.pk, NOW).next_at == NOW + HALF_HOUR

    with pytest.raises(SafetyNetTooSoon) as refused:
        take(player_id=player.pk, now=NOW + HALF_HOUR - INSTANT)
    assert (refused.value.retry_after, refused.value.extra["retry_after"]) == (1, 1)
    assert refused.value.extra["opens_at"] == "2031-01-01T12:30:00.000Z"
    assert taken(player.pk, NOW + HALF_HOUR).left_today == 6


def test_eight_a_game_day_and_then_the_new_day(player):
    caught = [taken(player.pk, NOW + n * HALF_HOUR) for n in range(8)]

    assert [one.left_today for one in caught] == [7, 6, 5, 4, 3, 2, 1, 0]
    midnight = datetime(2031, 1, 2, tzinfo=UTC)
    assert caught[-1].next_at == midnight
    with pytest.raises(SafetyNetUsedUp) as refused:
        take(player_id=player.pk, now=midnight - INSTANT)
    assert refused.value.retry_after == 1
    assert taken(player.pk, midnight).left_today == 7
    assert UserReward.objects.filter(user=player, reward_type="SAFETY_NET").count() == 9


def test_the_half_hour_runs_across_midnight(player):
    midnight = datetime(2031, 1, 2, tzinfo=UTC)
    taken(player.pk, midnight - timedelta(minutes=10))

    with pytest.raises(SafetyNetTooSoon) as refused:
        take(player_id=player.pk, now=midnight + timedelta(minutes=19))
    assert refused.value.retry_after == 60
    assert taken(player.pk, midnight + timedelta(minutes=20)).left_today == 7


def test_the_offer_says_what_the_service_would_do(player):
    assert offer(player_id=player.pk, gold=10, now=NOW) is None
    assert offer(player_id=player.pk, gold=9, now=NOW).opens_at is None
    taken(player.pk, NOW)

    waiting = offer(player_id=player.pk, gold=0, now=NOW + timedelta(seconds=1))

    assert (waiting.opens_at, waiting.minutes, waiting.left) == (NOW + HALF_HOUR, 30, 7)
    assert offer(player_id=player.pk, gold=0, now=NOW + HALF_HOUR - INSTANT).minutes == 1
    assert offer(player_id=player.pk, gold=0, now=NOW + HALF_HOUR).opens_at is None


@time_machine.travel(NOW, tick=False)
def test_the_api_answers_what_was_given_and_when_it_opens_again(client, player):
    headers = factories.bearer(player)

    given = client.post(PATH, headers=headers)
    rich = client.post(PATH, headers=headers)
    leave(player.pk, 0)
    soon = client.post(PATH, headers=headers)

    assert given.json() == {
        "awarded_gold": 100,
        "new_gold_balance": 109,
        "left_today": 7,
        "next_at": "2031-01-01T12:30:00.000Z",
    }
    assert (rich.status_code, rich.json()["error"]) == (409, "safety_net_not_needed")
    assert (soon.status_code, soon.json()["error"]) == (409, "safety_net_too_soon")
    assert (soon.json()["retry_after"], soon["Retry-After"]) == (1800, "1800")


def test_strangers_and_accounts_without_a_wallet_get_nothing(client):
    assert client.post(PATH).status_code == 401
    answer = client.post(PATH, headers=factories.bearer(factories.operator()))
    assert (answer.status_code, answer.json()["error"]) == (409, "wallet_missing")
    assert client.get("/safety-net").url.startswith("/login")


@time_machine.travel(NOW, tick=False)
def test_the_strip_offers_pays_and_then_tells_the_minutes(player):
    browser = factories.browser(player)
    assert "100" in browser.get("/safety-net").content.decode()

    paid = browser.post("/safety-net", headers={"HX-Request": "true"})
    leave(player.pk, 3)
    waiting = browser.get("/safety-net").content.decode()
    plain = browser.post("/safety-net")

    assert '"kind": "success"' in paid["HX-Trigger"]
    assert "골드가 부족해요. 30분 뒤 안전망 보상을 받을 수 있어요." in waiting
    assert (plain.status_code, plain.url) == (302, "/")
    assert wallet_of(player.pk).gold == 3
