"""Self-limits as the API answers them, and a game that refuses by them."""

import json

import pytest

from economy.ledger.selectors import wallet_of
from games.rounds.models import Round
from games.slot import rules
from games.slot.models import FreeSpins
from tests import factories

pytestmark = pytest.mark.django_db
PATH = "/api/account/limits"
NOTHING = next((a, b, 0, 0, 0) for a in range(25) for b in range(25) if not rules.outcome_of((a, b, 0, 0, 0), 20).wins)


@pytest.fixture
def player():
    return factories.player()


@pytest.fixture
def call(client, player):
    headers = factories.bearer(player)

    def send(method, path, body=None, **more):
        return client.generic(
            method,
            path,
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={**headers, **more},
        )

    return send


@pytest.fixture
def spin(call, monkeypatch):
    monkeypatch.setattr(rules, "draw_stops", lambda draw: NOTHING)

    def send(bet, key):
        body = {"bet_amount": bet, "lines": 20}
        return call("POST", "/api/games/slot/spin", body, **{"Idempotency-Key": key, "Accept-Language": "en"})

    return send


def test_a_new_player_has_no_limits(call):
    body = call("GET", PATH).json()

    assert (body["daily_loss"], body["daily_wager"], body["daily_minutes"]) == (None, None, None)
    assert body["pending"] == {}
    assert body["used"] == {"daily_loss": 0, "daily_wager": 0, "daily_minutes": 0}
    assert (body["paused_until"], body["excluded_until"]) == (None, None)
    assert body["resets_at"].endswith("T00:00:00.000Z")


def test_limits_are_set_kept_and_loosened_later(call):
    call("PUT", PATH, {"daily_wager": 500, "daily_minutes": 30})

    body = call("PUT", PATH, {"daily_wager": None, "daily_minutes": 20}).json()

    assert (body["daily_wager"], body["daily_minutes"], body["daily_loss"]) == (500, 20, None)
    assert body["pending"]["daily_wager"]["value"] is None
    assert list(body["pending"]) == ["daily_wager"]
    assert call("GET", PATH).json() == body
    assert call("PUT", PATH, {}).json() == body


def test_the_slot_refuses_at_the_limit_and_says_which_and_until_when(call, spin, player):
    call("PUT", PATH, {"daily_wager": 100})
    assert spin(99, "key-number-1").status_code == 200
    assert spin(20, "key-number-2").status_code == 409

    refused = spin(20, "key-number-2")

    assert refused.status_code == 409
    body = refused.json()
    assert (body["error"], body["limit"], body["remaining"]) == ("self_limit_reached", "daily_wager", 1)
    assert body["ends_at"] == call("GET", PATH).json()["resets_at"]
    assert "1 are left until" in body["message"]
    assert wallet_of(player.pk).gold == 901
    assert Round.objects.filter(player=player).count() == 1


@pytest.mark.parametrize(("limit", "codes"), [(99, [409]), (100, [200, 409]), (101, [200, 409])])
def test_the_boundary_is_exact(call, spin, limit, codes):
    call("PUT", PATH, {"daily_loss": limit})

    assert [spin(100, f"key-number-{n}").status_code for n in range(len(codes))] == codes


def test_a_break_refuses_free_spins_too_and_keeps_them(call, spin, player):
    FreeSpins.objects.create(player=player, left=3, bet_amount=100, lines=20, updated_at=player.created_at)
    body = call("POST", f"{PATH}/pause", {"hours": 24}).json()

    refused = spin(100, "key-number-1").json()

    assert (refused["error"], refused["limit"], refused["ends_at"]) == (
        "self_limit_reached",
        "pause",
        body["paused_until"],
    )
    assert FreeSpins.objects.get(player=player).left == 3


def test_free_spins_are_played_past_a_days_limit(call, spin, player):
    call("PUT", PATH, {"daily_wager": 100, "daily_minutes": 1})
    spin(100, "key-number-1")
    FreeSpins.objects.create(player=player, left=1, bet_amount=100, lines=20, updated_at=player.created_at)

    assert spin(100, "key-number-2").json()["is_free_spin"] is True
    assert spin(100, "key-number-3").status_code == 409


def test_an_answer_that_was_given_is_given_again_after_the_limit(call, spin):
    first = spin(100, "key-number-1")
    call("POST", f"{PATH}/exclude", {"days": 180})

    assert spin(100, "key-number-1").content == first.content
    assert spin(100, "key-number-2").json()["limit"] == "exclusion"


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PUT", PATH, {"daily_loss": 0}, "daily_loss"),
        ("PUT", PATH, {"daily_loss": -1}, "daily_loss"),
        ("PUT", PATH, {"daily_loss": 1.5}, "daily_loss"),
        ("PUT", PATH, {"daily_loss": "100"}, "daily_loss"),
        ("PUT", PATH, {"daily_loss": True}, "daily_loss"),
        ("PUT", PATH, {"daily_wager": 10**30}, "daily_wager"),
        ("PUT", PATH, {"daily_minutes": 1441}, "daily_minutes"),
        ("POST", f"{PATH}/pause", {}, "hours"),
        ("POST", f"{PATH}/pause", {"hours": 25}, "hours"),
        ("POST", f"{PATH}/pause", {"hours": None}, "hours"),
        ("POST", f"{PATH}/exclude", {"days": 179}, "days"),
        ("POST", f"{PATH}/exclude", {"days": 10**9}, "days"),
    ],
)
def test_bad_input_is_named_and_changes_nothing(call, method, path, body, field):
    answer = call(method, path, body)

    assert (answer.status_code, answer.json()["error"]) == (400, "validation_error")
    assert list(answer.json()["fields"]) == [field]
    assert call("GET", PATH).json()["daily_loss"] is None


@pytest.mark.parametrize(
    ("method", "path"), [("GET", PATH), ("PUT", PATH), ("POST", f"{PATH}/pause"), ("POST", f"{PATH}/exclude")]
)
def test_strangers_are_asked_to_sign_in(client, method, path):
    answer = client.generic(method, path, "{}", content_type="application/json")

    assert (answer.status_code, answer.json()["error"]) == (401, "not_authenticated")


def test_an_account_without_a_wallet_is_told_so(client):
    headers = factories.bearer(factories.operator())

    answer = client.generic("PUT", PATH, '{"daily_loss": 5}', content_type="application/json", headers=headers)

    assert (answer.status_code, answer.json()["error"]) == (409, "wallet_missing")
    assert client.get(PATH, headers=headers).status_code == 200
