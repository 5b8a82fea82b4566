"""VIP points: once a game day, by the API and by the panel's form, whatever Redis remembers."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from casino_club.core import redis
from economy.ledger import services as ledger
from economy.ledger.models import Entry
from economy.ledger.rules import Asset, Move
from economy.ledger.selectors import wallet_of
from economy.rewards.models import UserReward
from economy.vip.rules import flag_key
from economy.vip.selectors import status
from economy.vip.services import claim
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2031, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def player():
    return factories.player()


@pytest.fixture
def call(client, player):
    headers = factories.bearer(player)

    def send(method, path, **more):
        return getattr(client, method)(path, headers=headers, content_type="application/json", **more)

    return send


def test_vip_daily_claim(call, player):
    first, again = call("post", "/api/vip/claim"), call("post", "/api/vip/claim", data={})

    assert (first.status_code, again.status_code) == (200, 200)
    body = first.json()
    assert body == {"awarded_points": 50, "new_vip_points": 50, "claimed_at": body["claimed_at"], "idempotent": False}
    assert again.json() == body | {"idempotent": True}
    reward = UserReward.objects.get(user=player, reward_type="VIP_DAILY")
    assert reward.idempotency_key == f"vip:{player.pk}:{body['claimed_at'][:10]}"
    assert Entry.objects.get(player=player, asset="vip_points").amount == 50


def test_the_status_tells_points_tier_and_the_last_claim(call):
    assert call("get", "/api/vip/status").json() == {
        "claimed_today": False,
        "vip_points": 0,
        "last_claim_at": None,
        "tier": "STANDARD",
        "next_tier": "PREMIUM",
        "points_to_next": 1000,
    }
    claimed = call("post", "/api/vip/claim").json()

    body = call("get", "/api/vip/status").json()

    assert (body["claimed_today"], body["vip_points"], body["points_to_next"]) == (True, 50, 950)
    assert body["last_claim_at"] == claimed["claimed_at"]


def test_the_user_and_the_header_show_the_real_tier(call, player):
    with transaction.atomic():
        ledger.post(player.pk, [Move(Asset.VIP_POINTS, 5000, "adjustment", "gift")], now=NOW)

    assert call("get", "/api/auth/me").json()["vip_tier"] == "VIP"
    assert "VIP" in factories.browser(player).get("/balances").content.decode()


def test_midnight_begins_a_new_claim(player):
    midnight = datetime(2031, 1, 2, tzinfo=UTC)
    before, after = midnight - timedelta(microseconds=1), midnight

    claims = [claim(player_id=player.pk, now=moment) for moment in (before, after, before, after)]

    assert [made.idempotent for made in claims] == [False, False, True, True]
    assert wallet_of(player.pk).vip_points == 100
    assert status(user_id=player.pk, now=after).claimed_today
    assert status(user_id=player.pk, now=after).last_claim_at == after
    assert not status(user_id=player.pk, now=after + timedelta(days=1)).claimed_today


@pytest.mark.django_db(transaction=True)
def test_the_flag_lives_26_hours_and_spares_a_repeat_the_lock(player):
    claim(player_id=player.pk, now=NOW)
    key = flag_key(player.pk, NOW.date())
    assert 26 * 3600 - 5 <= redis.client().ttl(key) <= 26 * 3600

    with CaptureQueriesContext(connection) as statements:
        claim(player_id=player.pk, now=NOW)

    assert len(statements) == 2
    assert not any("FOR NO KEY UPDATE" in query["sql"] for query in statements)


@pytest.mark.django_db(transaction=True)
def test_a_flushed_redis_pays_nothing_twice_and_a_lying_one_keeps_nothing_back(player):
    claim(player_id=player.pk, now=NOW)
    redis.client().flushdb()
    assert claim(player_id=player.pk, now=NOW).idempotent is True

    other = factories.player().pk
    redis.client().set(flag_key(other, NOW.date()), 1)
    assert claim(player_id=other, now=NOW).idempotent is False


@pytest.mark.parametrize(("method", "path"), [("post", "/api/vip/claim"), ("get", "/api/vip/status")])
def test_strangers_are_asked_to_sign_in(client, method, path):
    answer = getattr(client, method)(path)

    assert (answer.status_code, answer.json()["error"]) == (401, "not_authenticated")


def test_an_operator_without_a_wallet_is_told_so(client):
    headers = factories.bearer(factories.operator())

    assert client.post("/api/vip/claim", headers=headers).json()["error"] == "wallet_missing"
    assert client.get("/api/vip/status", headers=headers).json()["vip_points"] == 0


@time_machine.travel(NOW, tick=False)
def test_the_form_collects_without_scripts_and_swaps_the_panel_with_them(player):
    browser = factories.browser(player)

    swapped = browser.post("/vip/claim", headers={"HX-Request": "true", "Accept-Language": "en"})
    plain = browser.post("/vip/claim")

    assert swapped.status_code == 200
    panel = swapped.content.decode()
    assert 'id="vip-panel"' in panel
    assert "Today&#x27;s points are yours" in panel or "Today's points are yours" in panel
    assert '"kind": "success"' in swapped["HX-Trigger"]
    assert "balances" in swapped["HX-Trigger"]
    assert (plain.status_code, plain.url) == (302, "/")
    assert wallet_of(player.pk).vip_points == 50


def test_the_form_is_for_players_who_are_signed_in(client):
    assert client.post("/vip/claim").url.startswith("/login")
    assert factories.browser(factories.player()).get("/vip/claim").status_code == 405
