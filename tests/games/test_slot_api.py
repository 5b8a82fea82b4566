"""POST /api/games/slot/spin: one answer for one key, strict bodies, few statements."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from economy.ledger.selectors import wallet_of
from games.rounds.models import Round
from games.slot import rules
from tests import factories

pytestmark = pytest.mark.django_db
PATH = "/api/games/slot/spin"

# SQL statements of a paid spin by an API client, everything included. It may only be lowered.
STATEMENTS_OF_A_SPIN = 8


@pytest.fixture
def player():
    return factories.player()


@pytest.fixture
def spin(client, player):
    headers = factories.bearer(player)

    def send(body=None, *, key="first-key", **more):
        body = {"bet_amount": 20, "lines": 20} if body is None else body
        return client.post(
            PATH, json.dumps(body), content_type="application/json", headers={**headers, "Idempotency-Key": key, **more}
        )

    return send


def test_a_spin_answers_everything_the_table_shows(spin, player):
    answer = spin({"bet_amount": 100, "lines": 20})

    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {
        "success", "reels", "stops", "win_amount", "win_lines", "multiplier", "is_jackpot", "is_free_spin",
        "free_spins_awarded", "free_spins_left", "bet_amount", "lines", "message",
        "balance", "net_change", "round_id", "fairness",
    }  # fmt: skip
    assert body["success"] is True
    assert [len(reel) for reel in body["reels"]] == [3] * 5
    assert body["net_change"] == body["win_amount"] - 100
    assert body["balance"] == 1000 + body["net_change"] == wallet_of(player.pk).gold
    assert body["multiplier"] == body["win_amount"] * 100 // 100 / 100
    assert set(body["fairness"]) == {"server_seed_hash", "client_seed", "nonce"}
    assert Round.objects.get(pk=body["round_id"]).player_id == player.pk


def test_the_lines_that_won_are_drawn_where_they_run(spin, monkeypatch):
    moons = tuple(strip.index("moon") for strip in rules.CURRENT.strips)
    monkeypatch.setattr(rules, "draw_stops", lambda draw: moons)

    body = spin().json()

    line = next(line for line in body["win_lines"] if line["symbol"] == "moon")
    assert (line["count"], line["multiplier"], line["rows"]) == (5, 2500, list(rules.LINES[line["line"] - 1]))
    assert [body["reels"][reel][row] for reel, row in enumerate(line["rows"])] == ["moon"] * 5
    assert body["is_jackpot"] is True
    assert body["message"].startswith("잭팟!")


def test_the_same_key_gives_the_same_bytes_and_one_round(spin, player):
    first, second = spin(), spin()

    assert first.content == second.content
    assert second.headers["Idempotency-Hit"] == "true"
    assert Round.objects.filter(player=player).count() == 1


def test_the_same_key_with_another_bet_is_refused(spin, player):
    spin()

    answer = spin({"bet_amount": 21, "lines": 20})

    assert (answer.status_code, answer.json()["error"]) == (422, "idempotency_key_reused")
    assert Round.objects.filter(player=player).count() == 1


def test_a_spin_needs_a_key(spin, player):
    answer = spin(key="short")

    assert (answer.status_code, answer.json()["error"]) == (400, "idempotency_key_required")
    assert not Round.objects.filter(player=player).exists()


def test_nobody_spins_signed_out(client):
    answer = client.post(PATH, "{}", content_type="application/json", headers={"Idempotency-Key": "first-key"})

    assert (answer.status_code, answer.json()["error"]) == (401, "not_authenticated")


def test_too_little_gold_is_said_and_nothing_kept(spin, player):
    answer = spin({"bet_amount": 1001, "lines": 20})

    assert (answer.status_code, answer.json()["error"]) == (409, "insufficient_gold")
    assert wallet_of(player.pk).gold == 1000
    assert spin({"bet_amount": 1000, "lines": 20}).status_code == 200  # the key is free again


@pytest.mark.parametrize("field", ["bet_amount", "lines"])
@pytest.mark.parametrize(
    "value",
    [None, True, "20", "", "스무 골드", "\ud83c\udfb0", 20.0, 20.5, -20, 0, 2**63, 10**400, [20], {"a": 1}, "a\u0000b"],
    ids=repr,
)
def test_a_bad_value_names_its_field(spin, player, field, value):
    answer = spin({"bet_amount": 20, "lines": 20} | {field: value})

    assert answer.status_code == 400
    assert answer.json()["error"] == "validation_error"
    assert list(answer.json()["fields"]) == [field]
    assert wallet_of(player.pk).gold == 1000


@pytest.mark.parametrize(("body", "missing"), [({"lines": 1}, "bet_amount"), ({"bet_amount": 20}, "lines")])
def test_a_missing_field_is_named(spin, body, missing):
    assert list(spin(body).json()["fields"]) == [missing]


@pytest.mark.parametrize("body", [[], "spin", 5, None, {}])
def test_a_body_that_is_no_spin_is_refused(spin, player, body):
    answer = spin(body or {"bet": 20}) if body is None else spin(body)

    assert answer.status_code == 400
    assert not Round.objects.filter(player=player).exists()


def test_a_free_spin_answers_the_bet_it_plays(spin, monkeypatch):
    scatters = (0, 0, rules.CURRENT.strips[2].index("scatter"), 0, rules.CURRENT.strips[4].index("scatter"))
    monkeypatch.setattr(rules, "draw_stops", lambda draw: scatters)

    paid = spin({"bet_amount": 200, "lines": 10}).json()
    free = spin({"bet_amount": 20, "lines": 1}, key="second-key").json()

    assert (paid["is_free_spin"], paid["free_spins_awarded"], paid["free_spins_left"]) == (False, 10, 10)
    assert (free["is_free_spin"], free["free_spins_left"]) == (True, 19)
    assert (free["bet_amount"], free["lines"]) == (200, 10)
    assert free["net_change"] == free["win_amount"]


def test_more_than_twenty_bets_a_second_are_too_fast(spin, settings):
    settings.RATE_BETS_PER_SECOND = 3
    statuses = [spin(key=f"key-number-{number}").status_code for number in range(6)]

    assert statuses[:3] == [200] * 3
    assert 429 in statuses


def test_messages_speak_the_callers_language(spin, monkeypatch):
    nothing = next(
        (a, b, 0, 0, 0) for a in range(25) for b in range(25) if not rules.outcome_of((a, b, 0, 0, 0), 20).wins
    )
    monkeypatch.setattr(rules, "draw_stops", lambda draw: nothing)

    korean = spin(**{"Accept-Language": "ko"}).json()["message"]
    english = spin(key="second-key", **{"Accept-Language": "en"}).json()["message"]

    assert korean == "이번에는 맞는 줄이 없어요."
    assert english == "No line this time."


def test_a_spin_takes_few_statements(spin, monkeypatch):
    monkeypatch.setattr(rules, "draw_stops", lambda draw: (0, 1, 0, 0, 0))  # pays, and gives no free spins
    spin()  # the day's first also makes the seed pair and ticks the streak

    with CaptureQueriesContext(
        connection,
    ) as statements:
        assert spin(key="second-key").status_code == 200

    listed = [query["sql"] for query in statements if "SAVEPOINT" not in query["sql"]]
    assert len(listed) <= STATEMENTS_OF_A_SPIN, "\n".join(listed)
