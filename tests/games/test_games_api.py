"""Seeds, history, rounds, statistics and the odds book over the API: own things only."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from casino_club.core import clock
from games.fairness.models import SeedPair
from games.rounds.models import Game
from games.rps.rules import Hand
from games.rps.services import play as play_hand
from games.slot.services import spin
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def player():
    return factories.player()


@pytest.fixture
def api(client, player):
    headers = factories.bearer(player)

    def call(path, body=None, method="get"):
        if method == "get":
            return client.get(path, headers=headers)
        return client.post(path, json.dumps(body), content_type="application/json", headers=headers)

    return call


def _spins(player, count):
    return [spin(player_id=player.pk, bet_amount=20, lines=20, now=clock.now()) for _ in range(count)]


def test_seeds_show_the_commitment_and_never_the_active_secret(api, player):
    answer = api("/api/games/fairness")

    secret = bytes(SeedPair.objects.get(player=player).server_seed).hex()
    assert answer.status_code == 200
    assert set(answer.json()["active"]) == {"server_seed_hash", "client_seed", "next_nonce"}
    assert answer.json()["previous"] is None
    assert secret not in answer.content.decode()


def test_rotation_reveals_what_was_committed_to(api, player):
    before = api("/api/games/fairness").json()["active"]

    answer = api("/api/games/fairness/rotate", {"client_seed": "mine"}, "post")

    assert answer.status_code == 200
    body = answer.json()
    assert body["previous"]["server_seed_hash"] == before["server_seed_hash"]
    assert len(body["previous"]["server_seed"]) == 64
    assert body["active"]["client_seed"] == "mine"


@pytest.mark.parametrize(
    "client_seed", [None, 5, True, "", " ", "a b", "a" * 65, "\u0000", "\ud800", "🎴", ["a"], "a\n"]
)
def test_a_bad_client_seed_is_refused(api, player, client_seed):
    api("/api/games/fairness")

    answer = api("/api/games/fairness/rotate", {"client_seed": client_seed}, "post")

    assert answer.status_code == 400
    assert answer.json()["error"] in {"validation_error", "malformed_body"}
    assert SeedPair.objects.filter(player=player).count() == 1


def test_history_pages_through_the_callers_rounds(api, player):
    played = [result.round_id for result in _spins(player, 5)]
    _spins(factories.player(), 1)

    first = api("/api/games/history?limit=3").json()
    second = api(f"/api/games/history?limit=3&cursor={first['next']}").json()

    assert [row["id"] for row in first["results"] + second["results"]] == played[::-1]
    assert second["next"] is None
    assert set(first["results"][0]) == {
        "id", "game", "bet", "win", "net_change", "multiplier", "odds_version", "created_at", "settled_at",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("game=roulette", "game"),
        ("since=yesterday", "since"),
        ("since=2026-11-23T00:00:00", "since"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("cursor=broken", "cursor"),
        ("game=%00", "game"),
    ],
)
def test_bad_questions_about_history_name_the_field(api, query, field):
    answer = api(f"/api/games/history?{query}")

    assert (answer.status_code, answer.json()["error"]) == (400, "validation_error")
    assert list(answer.json()["fields"]) == [field]


def test_a_round_shows_its_secret_only_after_rotation(api, player):
    (played,) = _spins(player, 1)
    path = f"/api/games/rounds/{played.round_id}"

    before = api(path).json()
    revealed = api("/api/games/fairness/rotate", {}, "post").json()["previous"]
    after = api(path).json()

    assert before["fairness"]["server_seed"] is None
    assert after["fairness"]["server_seed"] == revealed["server_seed"]
    assert after["outcome"]["stops"] == list(played.outcome.stops)


@pytest.mark.parametrize("other", [0, 2**63 - 1, 2**63, 10**40])
def test_a_round_that_is_not_there_is_not_found(api, other):
    answer = api(f"/api/games/rounds/{other}")

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_another_players_round_is_not_found(api):
    (played,) = _spins(factories.player(), 1)

    assert api(f"/api/games/rounds/{played.round_id}").status_code == 404


def test_statistics_are_the_callers_own(api, player):
    _spins(factories.player(), 1)
    assert api("/api/games/stats/me").json() == {
        "rounds": 0, "total_bets": 0, "total_wins": 0, "total_losses": 0, "highest_multiplier": 0.0,
        "total_wagered": 0, "total_won": 0, "total_profit": 0, "updated_at": None, "games": {}, "days": [],
    }  # fmt: skip

    won = sum(result.win for result in _spins(player, 3))

    body = api("/api/games/stats/me").json()
    assert body["rounds"] == body["games"]["slot"]["rounds"] == 3
    assert body["total_won"] == won
    assert body["total_profit"] == won - body["total_wagered"]


@pytest.mark.usefixtures("midday")
def test_statistics_tell_each_game_day_and_each_game_on_it(api, player):
    now = clock.now()
    for days_ago, spins, hands in ((31, 1, 0), (29, 2, 0), (1, 0, 1), (0, 1, 2)):
        then = now - timedelta(days=days_ago)
        for _ in range(spins):
            spin(player_id=player.pk, bet_amount=20, lines=20, now=then)
        for _ in range(hands):
            play_hand(player_id=player.pk, bet_amount=10, choice=Hand.ROCK, now=then)
    _spins(factories.player(), 1)

    body = api("/api/games/stats/me").json()

    rounds = {day["date"]: {game: part["rounds"] for game, part in day["games"].items()} for day in body["days"]}
    today = clock.game_date(now)
    assert list(rounds.items()) == [
        (f"{today}", {"rps": 2, "slot": 1}),
        (f"{today - timedelta(days=1)}", {"rps": 1}),
        (f"{today - timedelta(days=29)}", {"slot": 2}),
    ]
    assert body["days"][0]["rounds"] == 3
    assert body["days"][0]["total_profit"] == sum(part["total_profit"] for part in body["days"][0]["games"].values())
    assert [day["date"] for day in api("/api/games/stats/me?days=1").json()["days"]] == [f"{today}"]
    every = api("/api/games/stats/me?days=366").json()["days"]
    for figure in ("rounds", "total_wagered", "total_won", "total_profit"):
        assert sum(day[figure] for day in every) == body[figure]
    assert api("/api/games/stats/me?days=0").json()["fields"].keys() == {"days"}


@pytest.mark.parametrize("path", ["history", "rounds/1", "stats/me", "fairness"])
def test_private_routes_need_a_player(client, path):
    answer = client.get(f"/api/games/{path}")

    assert (answer.status_code, answer.json()["error"]) == (401, "not_authenticated")


def test_the_odds_book_is_public_and_sums_to_exactly_one_hundred_percent(client):
    answer = client.get("/api/games/odds")

    assert answer.status_code == 200
    games = answer.json()["results"]
    assert answer.json()["next"] is None
    assert {game["game"] for game in games} == set(Game.values)
    for table in (table for game in games for table in game["probabilities"]):
        assert sum(Decimal(chance["percent"]) for chance in table["chances"]) == 100
    slot = games[0]
    assert slot["rtp"]["percent"] == "95.5784"
    assert slot["limits"] == {"min_bet": 20, "max_bet": 10_000, "max_lines": 20, "max_win": 25_000_000}
    assert len(slot["strips"]) == 5
