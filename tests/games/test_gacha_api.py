"""Banners, pulls and the collection over the API: one answer for one key, strict bodies, few statements."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casino_club.core import clock
from economy.ledger.selectors import wallet_of
from games.gacha import rules
from games.gacha.demo import demo_banners
from games.gacha.models import Banner, InventoryItem, Pity
from games.rounds.models import Round
from tests import factories

pytestmark = pytest.mark.django_db
PATH = "/api/games/gacha/pull"

# SQL statements of a pull by an API client, everything included. It may only be lowered.
STATEMENTS_OF_A_PULL = 9


@pytest.fixture
def player():
    player = factories.player()
    factories.give(player, gold=9_000, gems=500)
    return player


@pytest.fixture
def banner():
    demo_banners(now=clock.now())
    return Banner.objects.get(odds_version="gacha-standard-2026-11-23")


@pytest.fixture
def headers(player):
    return factories.bearer(player)


@pytest.fixture
def send(client, headers, banner):
    def post(body=None, *, key="first-key", **more):
        good = {"banner_id": banner.pk, "pull_count": 1, "currency": "gold"}
        body = good | body if isinstance(body, dict) else good if body is None else body
        return client.post(
            PATH, json.dumps(body), content_type="application/json", headers={**headers, "Idempotency-Key": key, **more}
        )

    return post


def test_a_pull_answers_everything_the_page_shows(send, player, banner):
    answer = send({"pull_count": 10})

    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {
        "success", "banner_id", "pull_count", "currency", "price", "results", "pity", "message", "balance",
        "gems_balance", "round_id", "fairness",
    }  # fmt: skip
    assert len(body["results"]) == body["pull_count"] == 10
    assert set(body["results"][0]) == {"item", "name", "rarity", "is_new", "quantity", "guaranteed"}
    assert body["pity"]["pulls_left"] == body["pity"]["guaranteed_at"] - body["pity"]["count"]
    assert body["balance"] == 10_000 - body["price"] == wallet_of(player.pk).gold
    assert body["gems_balance"] == 500
    assert Round.objects.get(pk=body["round_id"]).player_id == player.pk


def test_the_same_key_gives_the_same_bytes_and_one_pull(send, player):
    first, second = send(), send()

    assert first.content == second.content
    assert second.headers["Idempotency-Hit"] == "true"
    assert Round.objects.filter(player=player).count() == 1
    assert InventoryItem.objects.get(player=player).quantity == 1


def test_the_same_key_for_ten_is_refused(send):
    send()

    assert (send({"pull_count": 10}).status_code, send({"pull_count": 10}).json()["error"]) == (
        422,
        "idempotency_key_reused",
    )


def test_a_pull_needs_a_key_and_a_player(send, client, player):
    assert send(key="short").json()["error"] == "idempotency_key_required"
    assert client.post(PATH, "{}", content_type="application/json").status_code == 401
    assert not Round.objects.exists()


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"ends_at": "past"}, {"starts_at": "future"}], ids=["off", "over", "early"]
)
def test_a_closed_banner_is_said_and_nothing_kept(send, player, banner, change):
    now = clock.now()
    moments = {"past": now - timedelta(seconds=1), "future": now + timedelta(hours=1)}
    change = {name: moments.get(value, value) for name, value in change.items()}
    Banner.objects.filter(pk=banner.pk).update(**{"starts_at": now - timedelta(days=1)} | change)

    answer = send()

    assert (answer.status_code, answer.json()["error"]) == (409, "banner_closed")
    assert wallet_of(player.pk).gold == 10_000
    assert not Pity.objects.exists()


def test_an_unknown_banner_is_not_found(send):
    assert (send({"banner_id": 2**62}).status_code, send({"banner_id": 2**62}).json()["error"]) == (404, "not_found")


@pytest.mark.parametrize(("currency", "code"), [("gold", "insufficient_gold"), ("gems", "insufficient_gems")])
def test_too_little_is_said_and_the_key_is_free_again(client, banner, currency, code):
    headers = factories.bearer(factories.player()) | {"Idempotency-Key": "first-key"}
    body = {"banner_id": banner.pk, "pull_count": 10, "currency": currency}

    answer = client.post(PATH, json.dumps(body), content_type="application/json", headers=headers)
    again = client.post(
        PATH,
        json.dumps(body | {"pull_count": 1, "currency": "gold"}),
        content_type="application/json",
        headers=headers,
    )

    assert (answer.status_code, answer.json()["error"]) == (409, code)
    assert again.status_code == 200


@pytest.mark.parametrize("field", ["banner_id", "pull_count", "currency"])
@pytest.mark.parametrize(
    "value",
    [None, True, "10", "", "열 개", "\ud83c\udfb0", 10.0, 1.5, -1, 0, 2, 2**63, 10**400, [10], {"a": 1}, "xp", "a\0b"],
    ids=repr,
)  # fmt: skip
def test_a_bad_value_names_its_field(send, player, field, value):
    if (field, value) == ("banner_id", 2):
        value = -2
    answer = send({field: value})

    assert answer.status_code == 400
    assert answer.json()["error"] == "validation_error"
    assert list(answer.json()["fields"]) == [field]
    assert wallet_of(player.pk).gold == 10_000


@pytest.mark.parametrize("body", [[], "pull", 5, {"banner_id": None}])
def test_a_body_that_is_no_pull_is_refused(send, body):
    assert send(body).status_code == 400


def test_banners_show_prices_exact_rates_and_the_callers_pity(client, headers, send, banner):
    send({"pull_count": 1})

    answer = client.get("/api/games/gacha/banners", headers=headers)

    assert answer.status_code == 200
    moon, standard = answer.json()["results"]
    assert moon["ends_at"] is not None
    assert standard["prices"] == {"gold": {"1": 150, "10": 1350}, "gems": {"1": 15, "10": 135}}
    for name in ("percent", "percent_with_pity"):
        assert sum(Decimal(rate[name]) for rate in standard["rates"]) == 100
    assert standard["rates"][0] == {"rarity": "bright", "percent": "2.5", "percent_with_pity": "3.4818"}
    assert standard["pity"]["count"] == Pity.objects.get().count
    assert moon["pity"]["count"] == 0


def test_banners_come_in_their_order_page_by_page(client, headers, banner):
    Banner.objects.filter(pk=banner.pk).update(sort_order=-1)

    first = client.get("/api/games/gacha/banners?limit=1", headers=headers).json()
    second = client.get(f"/api/games/gacha/banners?limit=1&cursor={first['next']}", headers=headers).json()

    assert [found["id"] for found in first["results"]] == [banner.pk]
    assert [found["id"] for found in second["results"]] == [Banner.objects.exclude(pk=banner.pk).get().pk]
    assert second["next"] is None


def test_the_inventory_pages_through_the_callers_cards(client, headers, send, player):
    for number in range(3):
        send({"pull_count": 10, "currency": "gems"}, key=f"key-number-{number}")
    others = factories.player()
    InventoryItem.objects.create(player=others, item="pine-pi", quantity=1, first_at=clock.now(), last_at=clock.now())

    found, cursor = [], ""
    while True:
        page = client.get(f"/api/games/inventory?limit=4{cursor}", headers=headers).json()
        found += page["results"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert {item["item"]: item["quantity"] for item in found} == dict(
        InventoryItem.objects.filter(player=player).values_list("item", "quantity")
    )
    assert sum(item["quantity"] for item in found) == 30
    assert set(found[0]) == {"item", "name", "rarity", "quantity", "first_at", "last_at"}
    assert client.get("/api/games/inventory?cursor=broken", headers=headers).status_code == 400


@pytest.mark.parametrize("path", ["gacha/banners", "inventory"])
def test_private_routes_need_a_player(client, path):
    assert client.get(f"/api/games/{path}").status_code == 401


def test_every_table_of_the_book_sums_to_exactly_one_hundred(client):
    sheets = [game for game in client.get("/api/games/odds").json()["results"] if game["game"] == "gacha"]

    assert [sheet["version"] for sheet in sheets] == list(rules.ODDS)
    for sheet in sheets:
        assert sum(sheet["weights"]) == 1000
        assert sheet["pity"]["guaranteed_at"] == 50
        for table in sheet["probabilities"]:
            assert sum(Decimal(chance["percent"]) for chance in table["chances"]) == 100


@pytest.mark.parametrize(("language", "words"), [("ko", "새 카드가"), ("en", "new")])
def test_messages_speak_the_callers_language(send, language, words):
    assert words in send(**{"Accept-Language": language}).json()["message"]


def test_a_pull_of_ten_takes_few_statements(send):
    send()  # the day's first also makes the seed pair and ticks the streak

    with CaptureQueriesContext(connection) as statements:
        assert send({"pull_count": 10}, key="second-key").status_code == 200

    listed = [query["sql"] for query in statements if "SAVEPOINT" not in query["sql"]]
    assert len(listed) <= STATEMENTS_OF_A_PULL, "\n".join(listed)
