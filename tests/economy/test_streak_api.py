"""Streaks as the API answers them."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from economy.ledger.models import Entry
from economy.streaks.models import AttendanceDay, StreakState
from economy.streaks.rules import Action
from economy.streaks.services import tick
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2031, 1, 6, 12, 0, 0, 123000, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def player():
    return factories.player()


@pytest.fixture
def call(client, player):
    headers = factories.bearer(player)

    def send(method, path, body=None):
        data = body if isinstance(body, str) else json.dumps(body) if body is not None else ""
        kind = "application/json" if data else ""
        answer = client.generic(method.upper(), f"/api/streak/{path}", data, content_type=kind, headers=headers)
        return answer.status_code, answer.json()

    return send


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "tick"),
        ("post", "claim"),
        ("get", "status"),
        ("get", "history"),
        ("get", "protection"),
        ("post", "protection"),
    ],
)
def test_strangers_are_asked_to_sign_in(client, method, path):
    answer = getattr(client, method)(f"/api/streak/{path}")

    assert (answer.status_code, answer.json()["error"]) == (401, "not_authenticated")


@pytest.mark.parametrize("body", [None, {}, {"action_type": "DAILY_LOGIN"}])
def test_a_tick_counts_the_day_once(call, body):
    expected = {
        "action_type": "DAILY_LOGIN",
        "date": "2031-01-06",
        "count": 1,
        "longest": 1,
        "ticked": True,
        "protection_used": 0,
    }
    assert call("post", "tick", body) == (200, expected)
    assert call("post", "tick", body) == (200, expected | {"ticked": False})


@pytest.mark.parametrize("action", ["SLOT_SPIN", "CRASH_BET", "GACHA_PULL"])
def test_what_the_server_ticks_no_client_ticks(call, action):
    status, body = call("post", "tick", {"action_type": action})

    assert (status, body["error"]) == (403, "server_action")
    assert not AttendanceDay.objects.exists()


@pytest.mark.parametrize("path", ["tick", "claim"])
@pytest.mark.parametrize(
    "body",
    [
        {"action_type": "LOTTERY"},
        {"action_type": ""},
        {"action_type": None},
        {"action_type": 1},
        {"action_type": True},
        {"action_type": ["DAILY_LOGIN"]},
        {"action_type": {"a": 1}},
        {"action_type": "DAILY_LOGIN\u0000"},
        {"action_type": "🎰" * 1000},
        ["DAILY_LOGIN"],
        "{broken",
    ],
)
def test_a_body_out_of_shape_is_refused_and_changes_nothing(call, path, body):
    status, answer = call("post", path, body)

    assert (status, answer["error"]) in [(400, "validation_error"), (400, "malformed_body")]
    assert not AttendanceDay.objects.exists()
    assert not Entry.objects.filter(reason="streak.claim").exists()


def test_a_claim_pays_once_and_repeats_the_same_record(call):
    expected = {
        "action_type": "DAILY_LOGIN",
        "streak_count": 1,
        "awarded_gold": 1123,
        "awarded_xp": 55,
        "new_gold_balance": 2123,
        "claimed_at": "2031-01-06T12:00:00.123Z",
        "idempotent": False,
    }
    assert call("post", "claim") == (200, expected)
    assert call("post", "claim", {"action_type": "DAILY_LOGIN"}) == (200, expected | {"idempotent": True})


def test_what_was_not_done_today_cannot_be_claimed(call, player):
    status, body = call("post", "claim", {"action_type": "SLOT_SPIN"})
    assert (status, body["error"]) == (409, "not_attended")

    tick(player_id=player.pk, action=Action.SLOT_SPIN, now=NOW)
    assert call("post", "claim", {"action_type": "SLOT_SPIN"})[1]["awarded_gold"] == 1123


def test_an_operator_without_a_wallet_cannot_claim(client):
    for path in ("tick", "claim"):
        headers = factories.bearer(factories.operator())
        answer = client.post(f"/api/streak/{path}", {}, content_type="application/json", headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (409, "wallet_missing")


def test_the_status_has_every_field_of_the_contract(call):
    call("post", "claim")

    status, body = call("get", "status")

    assert status == 200
    assert body == {
        "action_type": "DAILY_LOGIN",
        "count": 1,
        "longest": 1,
        "claimed_today": True,
        "claimable": False,
        "today_reward_gold": 1123,
        "today_reward_xp": 55,
        "next_reward_gold": 1227,
        "next_reward_xp": 59,
        "protections": 0,
        "resets_at": "2031-01-07T00:00:00.000Z",
        "week": [
            {"date": "2031-01-05", "state": "missed"},
            {"date": "2031-01-06", "state": "claimed"},
            *({"date": f"2031-01-{day:02}", "state": "future"} for day in range(7, 12)),
        ],
        "month_total": 1,
    }
    assert call("get", "status?action_type=SLOT_SPIN")[1]["claimable"] is False


def test_the_history_lists_every_day_of_the_month(call):
    call("post", "tick")

    status, body = call("get", "history")

    assert (status, body["year"], body["month"], body["month_total"], len(body["days"])) == (200, 2031, 1, 1, 31)
    assert body["days"][5] == {"date": "2031-01-06", "state": "attended"}
    assert len(call("get", "history?year=2028&month=2")[1]["days"]) == 29


@pytest.mark.parametrize(
    "query",
    ["year=1999", "year=2101", "year=abc", "month=0", "month=13", "month=1.0", "month=", "action_type=X", "year=%00"],
)
def test_a_query_out_of_shape_is_refused_and_named(call, query):
    status, body = call("get", f"history?{query}")

    assert (status, body["error"], list(body["fields"])) == (400, "validation_error", [query.split("=")[0]])


def test_protection_is_told_and_switched(call, player):
    untouched = {"enabled": True, "held": 0, "next_at_count": 7, "used": []}
    assert call("get", "protection") == (200, untouched)
    for day in range(-8, -1):
        tick(player_id=player.pk, action=Action.DAILY_LOGIN, now=NOW + timedelta(days=day))

    assert call("get", "protection") == (200, {"enabled": True, "held": 0, "next_at_count": 21, "used": ["2031-01-05"]})
    status, body = call("post", "protection", {"enabled": False})
    assert (status, body["enabled"], body["used"]) == (200, False, ["2031-01-05"])
    assert call("get", "protection")[1] == body
    assert call("post", "protection", {"enabled": True})[1]["enabled"] is True


@pytest.mark.parametrize(
    "body", [None, {}, {"enabled": None}, {"enabled": 1}, {"enabled": "true"}, {"enabled": []}, [True], "{broken"]
)
def test_a_switch_out_of_shape_is_refused_and_changes_nothing(call, body):
    status, answer = call("post", "protection", body)

    assert (status, answer["error"]) in [(400, "validation_error"), (400, "malformed_body")]
    assert not StreakState.objects.exists()


def test_an_operator_without_a_wallet_has_nothing_to_protect(client):
    answer = client.post(
        "/api/streak/protection",
        {"enabled": False},
        content_type="application/json",
        headers=factories.bearer(factories.operator()),
    )

    assert (answer.status_code, answer.json()["error"]) == (409, "wallet_missing")
