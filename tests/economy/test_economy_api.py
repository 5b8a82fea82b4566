"""Wallet, ledger and days as the API answers them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction

from economy.ledger import services as ledger
from economy.ledger.rules import Asset, Move
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2031, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def player():
    return factories.player()


@pytest.fixture
def get(client, player):
    headers = factories.bearer(player)
    return lambda path, **query: client.get(path, query, headers=headers)


def post(player, *moves, now=NOW):
    with transaction.atomic():
        ledger.post(player.pk, moves, now=now)


@pytest.mark.parametrize("path", ["/api/economy/wallet", "/api/economy/ledger", "/api/economy/daily"])
def test_strangers_are_asked_to_sign_in(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer.json()["error"]) == (401, "not_authenticated")


def test_the_wallet_shows_what_is_held_and_the_level(get, player):
    post(player, Move(Asset.XP, 2150, "play.xp", "r"), Move(Asset.GEMS, 7, "adjustment", "r"))

    assert get("/api/economy/wallet").json() == {
        "gold": 1000,
        "gems": 7,
        "xp": 2150,
        "vip_points": 0,
        "level": 3,
        "experience": 50,
        "max_experience": 1200,
        "total_experience": 2150,
    }


def test_an_operator_without_a_wallet_holds_nothing(client):
    answer = client.get("/api/economy/wallet", headers=factories.bearer(factories.operator()))

    assert (answer.status_code, answer.json()["gold"], answer.json()["level"]) == (200, 0, 1)


def test_the_ledger_lists_the_latest_first_and_only_ones_own(get, player):
    post(factories.player(), Move(Asset.GOLD, 5, "adjustment", "somebody else's"))
    post(
        player,
        Move(Asset.GOLD, -20, "slot.bet", "round:1", metadata={"secret": 1}),
        Move(Asset.XP, 2, "play.xp", "round:1"),
    )

    body = get("/api/economy/ledger").json()

    assert [(row["reason"], row["amount"], row["balance_after"]) for row in body["results"]] == [
        ("play.xp", 2, 2),
        ("slot.bet", -20, 980),
        ("welcome.grant", 1000, 1000),
    ]
    assert body["next"] is None
    assert body["results"][1] == {
        "id": body["results"][1]["id"],
        "asset": "gold",
        "amount": -20,
        "units": 1,
        "balance_after": 980,
        "reason": "slot.bet",
        "reference": "round:1",
        "created_at": "2031-01-01T12:00:00.000Z",
    }


def test_the_ledger_is_filtered_by_asset_reason_and_moment(get, player):
    for hour in range(3):
        at = NOW + timedelta(hours=hour)
        post(player, Move(Asset.GOLD, -1, "slot.bet", f"{hour}"), Move(Asset.XP, 1, "play.xp", f"{hour}"), now=at)

    def found(**query):
        return [row["reference"] for row in get("/api/economy/ledger", **query).json()["results"]]

    assert found(asset="xp") == ["2", "1", "0"]
    assert found(reason="slot.bet", since="2031-01-01T13:00:00Z") == ["2", "1"]
    assert found(since="2031-01-01T23:00:00+09:00") == ["2", "2"]
    assert found(asset="gems") == []


def test_pages_of_the_ledger_hold_each_entry_once(get, player):
    for n in range(25):
        post(player, Move(Asset.GOLD, 1, "adjustment", f"{n}"))
    seen, cursor = [], None
    while True:
        body = get("/api/economy/ledger", limit=10, **({"cursor": cursor} if cursor else {})).json()
        seen += [row["id"] for row in body["results"]]
        cursor = body["next"]
        if cursor is None:
            break

    assert len(seen) == len(set(seen)) == 26
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("ledger", {"asset": "silver"}),
        ("ledger", {"asset": ""}),
        ("ledger", {"asset": "gold\x00"}),
        ("ledger", {"reason": "💰"}),
        ("ledger", {"reason": "slot.bet' OR 1=1"}),
        ("ledger", {"since": "yesterday"}),
        ("ledger", {"since": "2031-01-01T00:00:00"}),
        ("ledger", {"since": "2031-13-01T00:00:00Z"}),
        ("ledger", {"cursor": "nonsense"}),
        ("ledger", {"limit": "0"}),
        ("ledger", {"limit": "101"}),
        ("daily", {"days": "0"}),
        ("daily", {"days": "367"}),
        ("daily", {"days": "-1"}),
        ("daily", {"days": "3.0"}),
        ("daily", {"days": "٣"}),
        ("daily", {"days": "9" * 5000}),
        ("daily", {"days": ""}),
    ],
)
def test_a_query_out_of_shape_is_refused_and_named(get, path, query):
    answer = get(f"/api/economy/{path}", **query)

    assert (answer.status_code, answer.json()["error"]) == (400, "validation_error")
    assert list(answer.json()["fields"]) == list(query)


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_the_ends_of_time_are_beyond_the_books(get, since):
    assert get("/api/economy/ledger", since=since).status_code == 400


@time_machine.travel(NOW, tick=False)
def test_days_are_listed_today_first_with_profit_and_loss(client, player):
    headers = factories.bearer(player)

    def get(path, **query):
        return client.get(path, query, headers=headers)

    post(player, Move(Asset.GOLD, -100, "slot.bet", "a"), Move(Asset.GOLD, 30, "slot.win", "a"))
    post(player, Move(Asset.GOLD, -5, "adjustment", "b"), now=NOW - timedelta(days=1))

    body = get("/api/economy/daily", days="3").json()

    assert [row["date"] for row in body["results"]] == ["2031-01-01", "2030-12-31", "2030-12-30"]
    assert body["results"][0] == {
        "date": "2031-01-01",
        "wagered": 100,
        "won": 30,
        "profit": -70,
        "received": 0,
        "spent": 0,
        "net": -70,
    }
    assert (body["results"][1]["spent"], body["results"][1]["net"], body["results"][2]["net"]) == (5, -5, 0)
    assert len(get("/api/economy/daily").json()["results"]) == 30
