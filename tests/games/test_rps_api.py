"""Rock, paper, scissors over the API: what is paid, booked, proved and refused."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from economy.ledger.models import Entry
from economy.ledger.selectors import wallet_of
from games.fairness import services as fairness
from games.invariants import INVARIANTS
from games.proofs.rules import Facts, Seeds, checks_of
from games.rounds.models import Round
from games.rps import rules
from games.rps.rules import Hand
from games.stats.models import UserGameStats
from tests import factories

pytestmark = pytest.mark.django_db
PATH = "/api/games/rps/play"

# SQL statements of a play by an API client, everything included. It may only be lowered.
STATEMENTS_OF_A_PLAY = 7


@pytest.fixture
def player():
    return factories.player()


@pytest.fixture
def play(client, player):
    headers = factories.bearer(player)

    def send(body=None, *, key="first-key", **more):
        good = {"choice": "rock", "bet_amount": 100}
        body = good | body if isinstance(body, dict) else good if body is None else body
        return client.post(
            PATH, json.dumps(body), content_type="application/json", headers={**headers, "Idempotency-Key": key, **more}
        )

    return send


@pytest.fixture
def house(monkeypatch):
    def shows(hand):
        monkeypatch.setattr(rules, "draw_hand", lambda draw: Hand(hand))

    return shows


@pytest.mark.parametrize(
    ("hand", "result", "win", "entries"),
    [
        ("scissors", "win", 194, {("rps.bet", -100, 1), ("rps.win", 194, 1), ("play.xp", 10, 1)}),
        ("rock", "draw", 100, {("rps.bet", -100, 1), ("rps.win", 100, 0), ("play.xp", 10, 1)}),
        ("paper", "lose", 0, {("rps.bet", -100, 1), ("play.xp", 10, 1)}),
    ],
)
def test_a_play_pays_what_it_says(play, player, house, hand, result, win, entries):
    house(hand)

    body = play().json()

    assert (body["player_choice"], body["computer_choice"], body["result"]) == ("rock", hand, result)
    assert (body["win_amount"], body["balance"]) == (win, 900 + win)
    assert wallet_of(player.pk).gold == 900 + win
    found = Entry.objects.filter(reference=f"round:{body['round_id']}").values_list("reason", "amount", "units")
    assert set(found) == entries
    stats = UserGameStats.objects.get(user=player, game="rps")
    assert (stats.total_wins, stats.total_losses) == (int(result == "win"), int(result == "lose"))


def test_the_answer_has_the_fields_the_table_needs(play):
    assert set(play().json()) == {
        "success", "player_choice", "computer_choice", "result", "bet_amount", "win_amount", "multiplier", "message",
        "balance", "net_change", "round_id", "fairness",
    }  # fmt: skip


def test_every_round_is_proved_by_its_seeds_and_the_books_are_right(play, player):
    for number in range(12):
        play({"choice": rules.HANDS[number % 3], "bet_amount": 17}, key=f"key-number-{number}")
    fairness.rotate(player_id=player.pk, now=Round.objects.first().created_at)

    for played in Round.objects.select_related("seed_pair"):
        pair = played.seed_pair
        facts = Facts("rps", played.odds_version, played.bet, played.win, played.multiplier, played.outcome)
        seeds = Seeds(bytes(pair.server_seed), pair.server_seed_hash, pair.client_seed, played.nonce)
        assert all(check.holds for check in checks_of(facts, seeds))
    with connection.cursor() as cursor:
        for invariant in INVARIANTS:
            cursor.execute(invariant.sql)
            assert cursor.fetchall() == [], invariant.name


def test_the_same_key_gives_the_same_bytes_and_one_round(play, player):
    first, second = play(), play()

    assert first.content == second.content
    assert Round.objects.filter(player=player).count() == 1
    assert play({"choice": "paper"}).status_code == 422


def test_too_little_gold_and_no_key_are_refused(play, player):
    assert play({"bet_amount": 1001}).json()["error"] == "insufficient_gold"
    assert play(key="short").json()["error"] == "idempotency_key_required"
    assert wallet_of(player.pk).gold == 1000


@pytest.mark.parametrize("field", ["choice", "bet_amount"])
@pytest.mark.parametrize(
    "value", [None, True, "", "ROCK", "바위", "\ud83c\udfb0", 10.0, -1, 0, 9, 10_001, 2**63, [1], {}]
)
def test_a_bad_value_names_its_field(play, player, field, value):
    answer = play({field: value})

    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    assert not Round.objects.exists()


@pytest.mark.parametrize("body", [[], "rock", 5])
def test_a_body_that_is_no_play_is_refused(play, body):
    assert play(body).status_code == 400


def test_nobody_plays_signed_out(client):
    assert client.post(PATH, "{}", content_type="application/json").status_code == 401
    assert client.get("/games/rps")["Location"] == "/login?next=/games/rps"


@pytest.mark.parametrize(("language", "words"), [("ko", "보를 냈어요"), ("en", "The house shows Paper.")])
def test_messages_speak_the_callers_language(play, house, language, words):
    house("paper")

    assert words in play(**{"Accept-Language": language}).json()["message"]


def test_a_play_takes_few_statements(play):
    play()  # makes the seed pair

    with CaptureQueriesContext(connection) as statements:
        assert play(key="second-key").status_code == 200

    listed = [query["sql"] for query in statements if "SAVEPOINT" not in query["sql"]]
    assert len(listed) <= STATEMENTS_OF_A_PLAY, "\n".join(listed)


def test_the_lobby_and_the_odds_lead_there(client):
    assert 'href="/games/rps"' in client.get("/games").content.decode()
    page = client.get("/odds").content.decode()
    assert "98.0000%" in page
    assert "96.0784%" in page
