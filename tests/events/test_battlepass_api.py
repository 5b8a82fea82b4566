"""The battle pass as the API answers it."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from economy.ledger.selectors import wallet_of
from economy.seasons.services import Tier, schedule
from tests import factories
from tests.events.play import NOW, fund, play

pytestmark = pytest.mark.django_db
TIERS = (Tier(xp=10, free_gold=50, premium_gold=200), Tier(xp=30, premium_gems=5))


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def season():
    start = datetime(2026, 11, 1, tzinfo=UTC)
    return schedule(
        name="단풍",
        name_en="Maple",
        starts_at=start,
        ends_at=start + timedelta(days=28),
        premium_price_gems=100,
        tiers=TIERS,
    )


@pytest.fixture
def player():
    player = factories.player()
    fund(player.pk, at=NOW, gold=10_000, gems=150)
    return player


@pytest.fixture
def call(client, player):
    def send(path, body=None, key=None):
        headers = factories.bearer(player) | ({"Idempotency-Key": key} if key else {})
        if body is None:
            return client.get(f"/api/battlepass{path}", headers=headers)
        return client.post(f"/api/battlepass{path}", json.dumps(body), content_type="application/json", headers=headers)

    return send


def test_the_pass_of_the_running_season(call, season, player):
    play(player.pk, at=NOW, wager=100)

    answer = call("").json()

    assert answer["previous"] is None
    assert answer["current"] == {
        "season_id": season.pk,
        "name": "단풍",
        "starts_at": "2026-11-01T00:00:00.000Z",
        "ends_at": "2026-11-29T00:00:00.000Z",
        "closes_at": "2026-12-06T00:00:00.000Z",
        "is_over": False,
        "premium_price_gems": 100,
        "is_premium": False,
        "xp": 10,
        "level": 1,
        "tiers": [
            {
                "tier": 1,
                "xp": 10,
                "reached": True,
                "free": {"rewards": {"gold": 50}, "claimed": False, "claimable": True},
                "premium": {"rewards": {"gold": 200}, "claimed": False, "claimable": False},
            },
            {
                "tier": 2,
                "xp": 30,
                "reached": False,
                "free": {"rewards": None, "claimed": False, "claimable": False},
                "premium": {"rewards": {"gems": 5}, "claimed": False, "claimable": False},
            },
        ],
    }


def test_between_seasons_there_is_no_pass(call):
    assert call("").json() == {"current": None, "previous": None}
    assert call("/claim", {"tier": 1, "track": "free"}).json()["error"] == "season_closed"


def test_claims_and_their_refusals(call, season, player):
    early = call("/claim", {"tier": 1, "track": "free"})
    play(player.pk, at=NOW, wager=100)
    paid = call("/claim", {"tier": 1, "track": "free"})
    again = call("/claim", {"tier": 1, "track": "free"})
    premium = call("/claim", {"tier": 1, "track": "premium"})
    unknown = call("/claim", {"tier": 9, "track": "free"})

    assert (early.status_code, early.json()["error"]) == (409, "tier_not_reached")
    assert (paid.json()["rewards"], paid.json()["new_gold_balance"]) == ({"gold": 50}, wallet_of(player.pk).gold)
    assert again.json()["idempotent"] is True
    assert (premium.status_code, premium.json()["error"]) == (409, "premium_required")
    assert unknown.status_code == 404


def test_the_upgrade_is_bought_once_and_needs_a_key(call, season, player):
    play(player.pk, at=NOW, wager=400)
    key = uuid.uuid4().hex

    missing = call("/upgrade", {})
    bought = call("/upgrade", {}, key)
    repeat = call("/upgrade", {}, key)
    another = call("/upgrade", {}, uuid.uuid4().hex)

    assert (missing.status_code, missing.json()["error"]) == (400, "idempotency_key_required")
    assert (bought.json()["tiers"], bought.json()["rewards"]) == ([1, 2], {"gold": 200, "gems": 5})
    assert bought.json()["new_gem_balance"] == wallet_of(player.pk).gems == 55
    assert (repeat.content, repeat["Idempotency-Hit"]) == (bought.content, "true")
    assert (another.status_code, another.json()["error"]) == (409, "already_premium")


def test_an_upgrade_without_gems_is_refused(call, season, player):
    fund(player.pk, at=NOW, gems=-100)

    refused = call("/upgrade", {}, uuid.uuid4().hex)

    assert (refused.status_code, refused.json()["error"]) == (409, "insufficient_gems")
    assert call("").json()["current"]["is_premium"] is False


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"tier": 0, "track": "free"},
        {"tier": "1", "track": "free"},
        {"tier": 1},
        {"tier": 1, "track": "gold"},
        {"tier": True, "track": "free"},
        {"tier": 1, "track": "free", "season_id": 2**70},
    ],
)
def test_strange_claims_are_refused(call, season, body):
    assert (call("/claim", body).status_code, call("/claim", body).json()["error"]) == (400, "validation_error")
