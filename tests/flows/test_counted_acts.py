"""Acts are counted when they are done, once however often they are asked for, and not at all when they are refused."""

import uuid

import pytest
from prometheus_client import REGISTRY

from casino_club.core import clock
from economy.limits import services as limits
from economy.limits.rules import Kind
from games.crash import services as crash
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
COUNTERS = {
    "ledger_entries_total",
    "rewards_total",
    "game_rounds_total",
    "game_rounds_opened_total",
    "streak_days_total",
    "streak_claims_total",
    "refusals_total",
    "sign_ups_total",
    "invite_codes_used_total",
    "account_acts_total",
    "sessions_begun_total",
    "self_limits_set_total",
}


def counts() -> dict[tuple, float]:
    families = {sample.name: family.samples for family in REGISTRY.collect() for sample in family.samples}
    return {
        (sample.name, *sample.labels.values()): sample.value
        for name in COUNTERS
        for sample in families.get(name, [])
        if sample.name == name
    }


@pytest.fixture
def more():
    """`more()`: what was counted since it was asked last."""
    seen = counts()

    def since() -> dict[tuple, float]:
        nonlocal seen
        before, seen = seen, counts()
        return {key: value - before.get(key, 0) for key, value in seen.items() if value != before.get(key, 0)}

    return since


def post(client, path, body, headers):
    return client.post(path, body, content_type="application/json", headers=headers)


def test_a_sign_up_is_counted_with_its_gift(client, more):
    code = factories.invite().code
    names = {"site_id": "moonwatcher", "nickname": "moon", "password": "plum-and-crane-7", "age_confirmed": True}

    assert post(client, "/api/auth/signup", {**names, "invite_code": "none"}, {}).status_code == 409
    assert more() == {("refusals_total", "invite_invalid"): 1}
    assert post(client, "/api/auth/signup", {**names, "invite_code": code}, {}).status_code == 201
    assert more() == {
        ("sign_ups_total",): 1,
        ("invite_codes_used_total",): 1,
        ("account_acts_total", "created"): 1,
        ("sessions_begun_total", "token"): 1,
        ("rewards_total", "WELCOME"): 1,
        ("ledger_entries_total", "welcome.grant"): 1,
    }


def test_a_spin_is_counted_once_whatever_is_repeated(client, more):
    headers = factories.bearer(factories.player())
    key = headers | {"Idempotency-Key": uuid.uuid4().hex}
    more()

    answers = [post(client, "/api/games/slot/spin", {"bet_amount": 20, "lines": 20}, key).json() for _ in range(3)]

    win = answers[0]["win_amount"]
    result = "won" if win > 20 else "even" if win == 20 else "lost"
    assert more() == {
        ("game_rounds_total", "slot", result): 1,
        ("ledger_entries_total", "slot.bet"): 1,
        ("ledger_entries_total", "play.xp"): 1,
        **({("ledger_entries_total", "slot.win"): 1} if win else {}),
        ("streak_days_total", "SLOT_SPIN", "tick"): 1,
    }


def test_a_flight_is_counted_when_it_begins_and_when_it_is_over(more):
    player = factories.player().pk
    more()

    seat = crash.place_bet(player_id=player, bet_amount=10, auto_cashout=101, now=clock.now())
    began = more()
    crash.cash_out(player_id=player, game_id=seat.play.game_id, received_at=clock.now())
    crash.cash_out(player_id=player, game_id=seat.play.game_id, received_at=clock.now())
    ended = more()

    assert began[("game_rounds_opened_total", "crash")] == 1
    assert began[("ledger_entries_total", "crash.bet")] == began[("ledger_entries_total", "play.xp")] == 1
    assert sum(n for key, n in ended.items() if key[:2] == ("game_rounds_total", "crash")) == 1


def test_a_day_is_attended_and_collected_once(client, more):
    headers = factories.bearer(factories.player())
    more()

    for _ in range(2):
        assert post(client, "/api/streak/claim", {}, headers).status_code == 200

    assert more() == {
        ("streak_days_total", "DAILY_LOGIN", "tick"): 1,
        ("streak_claims_total", "DAILY_LOGIN"): 1,
        ("rewards_total", "STREAK_DAILY"): 1,
        ("ledger_entries_total", "streak.claim"): 2,
    }


def test_a_bet_that_a_limit_refuses_is_a_refusal_and_nothing_else(client, more):
    user = factories.player()
    headers = factories.bearer(user) | {"Idempotency-Key": uuid.uuid4().hex}
    limits.set_limits(player_id=user.pk, wanted={Kind.WAGER: 10}, now=clock.now())
    assert more()[("self_limits_set_total", "daily_wager")] == 1

    assert post(client, "/api/games/slot/spin", {"bet_amount": 20, "lines": 20}, headers).status_code == 409
    assert more() == {("refusals_total", "self_limit_reached"): 1}
