"""The doors of crash: exact answers, strict bodies, few statements, and nothing that tells the end before it."""

import json
import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casino_club.core.wire import Renderer
from economy.ledger.selectors import wallet_of
from games.crash import rules
from games.rounds.models import Round
from tests import factories

pytestmark = pytest.mark.django_db
BET = "/api/games/crash/bet"
CASHOUT = "/api/games/crash/cashout"

# SQL statements of an API client's bet and cash-out, everything included. They may only be lowered.
STATEMENTS_OF_A_BET = 3
STATEMENTS_OF_A_CASH_OUT = 6


@pytest.fixture
def player():
    return factories.player()


@pytest.fixture
def crash_at(monkeypatch):
    def fix(hundredths):
        monkeypatch.setattr(rules, "crash_point_of", lambda draw, odds=None: hundredths)

    fix(100_000)
    return fix


@pytest.fixture
def api(client, player):
    headers = factories.bearer(player)

    def send(path, body=None, *, key="first-key", raw=None, **more):
        if body is None and raw is None:
            return client.get(path, headers={**headers, **more})
        content = json.dumps(body) if raw is None else raw
        return client.post(
            path, content, content_type="application/json", headers={**headers, "Idempotency-Key": key, **more}
        )

    return send


def _let_pass(ms):
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE games_round SET created_at = created_at - %(gone)s, due_at = due_at - %(gone)s
                WHERE status = 'open'""",
            {"gone": timedelta(milliseconds=ms)},
        )


def test_a_bet_answers_as_specified(api, player, crash_at):
    answer = api(BET, {"bet_amount": 105, "auto_cashout_multiplier": 2.55})

    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == {
        "success", "game_id", "bet_amount", "auto_cashout_multiplier", "potential_win", "max_multiplier",
        "simulated_max_win", "status", "balance", "started_at", "fairness",
    }  # fmt: skip
    assert (body["success"], body["status"], body["balance"]) == (True, "placed", 895)
    assert (body["auto_cashout_multiplier"], body["potential_win"]) == (2.55, 267)
    assert (body["max_multiplier"], body["simulated_max_win"]) == (1000.0, 105_000)
    assert set(body["fairness"]) == {"server_seed_hash", "client_seed", "nonce"}
    assert datetime.fromisoformat(body["started_at"]) == Round.objects.get(pk=body["game_id"]).created_at


def test_without_an_automatic_cash_out_there_is_no_potential_win(api, crash_at):
    body = api(BET, {"bet_amount": 10, "auto_cashout_multiplier": None}).json()

    assert (body["potential_win"], body["auto_cashout_multiplier"]) == (None, None)


def test_the_same_key_gives_the_same_bytes_and_one_flight(api, player, crash_at):
    first, second = api(BET, {"bet_amount": 100}), api(BET, {"bet_amount": 100})

    assert first.content == second.content
    assert second.headers["Idempotency-Hit"] == "true"
    assert Round.objects.filter(player=player).count() == 1


def test_a_second_flight_is_refused_with_the_first_ones_number(api, crash_at):
    first = api(BET, {"bet_amount": 100}).json()

    answer = api(BET, {"bet_amount": 100}, key="second-key")

    assert (answer.status_code, answer.json()["error"]) == (409, "round_open")
    assert answer.json()["game_id"] == first["game_id"]


def test_a_cash_out_says_what_was_paid(api, player, crash_at):
    game_id = api(BET, {"bet_amount": 100}).json()["game_id"]
    _let_pass(rules.ms_for(200))

    body = api(CASHOUT, {"game_id": game_id}).json()

    assert body["status"] == "cashed_out"
    assert 2 <= body["cashout_multiplier"] < 2.5
    assert body["win_amount"] == round(100 * body["cashout_multiplier"])
    assert body["net_change"] == body["win_amount"] - 100
    assert body["balance"] == 900 + body["win_amount"] == wallet_of(player.pk).gold
    assert body["crash_multiplier"] == 1000.0
    assert api(CASHOUT, {"game_id": game_id}).json() | {"server_time": ""} == body | {"server_time": ""}


def test_a_late_cash_out_answers_200_and_crashed(api, crash_at):
    crash_at(150)
    game_id = api(BET, {"bet_amount": 100}).json()["game_id"]
    _let_pass(60_000)

    answer = api(CASHOUT, {"game_id": game_id}, **{"Accept-Language": "ko"})

    body = answer.json()
    assert (answer.status_code, body["status"], body["win_amount"]) == (200, "crashed", 0)
    assert (body["crash_multiplier"], body["cashout_multiplier"], body["net_change"]) == (1.5, None, -100)
    assert body["message"] == "학이 1.50배에서 날아갔어요."


def test_the_client_cannot_choose_its_multiplier(api, crash_at):
    game_id = api(BET, {"bet_amount": 100}).json()["game_id"]

    body = api(CASHOUT, {"game_id": game_id, "multiplier": 500, "at": "2020-01-01T00:00:00Z"}).json()

    assert body["cashout_multiplier"] < 1.5


def test_a_flight_in_the_air_shows_nothing_of_its_end(api, crash_at, caplog):
    crash_at(777)
    placed = api(BET, {"bet_amount": 100, "auto_cashout_multiplier": 50})
    path = f"/api/games/crash/{placed.json()['game_id']}"

    looks = [placed.json(), api(path).json(), api(f"{path}/stream").json()]

    for look in looks:
        assert look["status"] == "placed"
        assert look.get("crash_multiplier") is look.get("ended_after_ms") is look.get("net_change") is None
    said = b"".join(answer.content for answer in (placed, api(path))).decode() + caplog.text
    assert not re.search(r"7\.77|\b777\b|due|3416\d", said)
    assert api("/api/games/history").json()["results"] == []
    assert api(f"/api/games/rounds/{placed.json()['game_id']}").status_code == 404


def test_operators_see_no_more_than_the_player(client, api, crash_at):
    crash_at(777)
    game_id = api(BET, {"bet_amount": 100}).json()["game_id"]
    due = Round.objects.get(pk=game_id).due_at

    browser = factories.browser(factories.operator(superuser=True))
    pages = [browser.get(path) for path in ("/admin/games/round/", f"/admin/games/round/{game_id}/change/")]

    for page in pages:
        assert page.status_code == 200
        assert not re.search(r"7\.77|\b777\b", page.content.decode())
        assert f"{due:%H:%M:%S}" not in page.content.decode()


def test_a_flight_that_is_over_is_settled_by_looking(api, player, crash_at):
    crash_at(300)
    game_id = api(BET, {"bet_amount": 100, "auto_cashout_multiplier": 2}).json()["game_id"]
    _let_pass(60_000)

    body = api(f"/api/games/crash/{game_id}").json()

    assert (body["status"], body["win_amount"], body["balance"]) == ("auto_cashed", 200, 1100)
    assert body["ended_after_ms"] == rules.ms_for(200)
    proof = api(f"/api/games/rounds/{game_id}").json()
    assert proof["outcome"]["crash_point"] == 300
    assert proof["multiplier"] == 2.0


@pytest.mark.parametrize("path", [CASHOUT, "look", "stream"])
def test_other_peoples_and_unknown_flights_are_not_found(api, client, crash_at, path):
    theirs = factories.player()
    game_id = client.post(
        BET, '{"bet_amount": 10}', content_type="application/json",
        headers={**factories.bearer(theirs), "Idempotency-Key": "their-key"},
    ).json()["game_id"]  # fmt: skip

    for wanted in (game_id, game_id + 1000, 2**63 - 1):
        paths = {"look": f"/api/games/crash/{wanted}", "stream": f"/api/games/crash/{wanted}/stream"}
        answer = api(CASHOUT, {"game_id": wanted}) if path == CASHOUT else api(paths[path])
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    assert Round.objects.get(pk=game_id).status == "open"


def test_a_number_that_no_round_can_have_is_not_found(api):
    assert api(f"/api/games/crash/{2**64}").status_code == 404
    assert api(f"/api/games/crash/{2**64}/stream").status_code == 404


@pytest.mark.parametrize("path", [BET, CASHOUT])
def test_nobody_plays_signed_out(client, path):
    answer = client.post(path, "{}", content_type="application/json", headers={"Idempotency-Key": "first-key"})

    assert (answer.status_code, answer.json()["error"]) == (401, "not_authenticated")


@pytest.mark.parametrize(
    "value", [None, True, "100", "", "백 골드", 10.0, 10.5, -10, 0, 9, 10_001, 2**63, 10**400, [10], {"a": 1}], ids=repr
)
def test_a_bad_bet_names_its_field(api, player, value):
    answer = api(BET, {"bet_amount": value})

    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["bet_amount"]
    assert wallet_of(player.pk).gold == 1000


@pytest.mark.parametrize(
    "raw", ["true", '"2"', '""', "1", "1.001", "1.005", "0", "-2", "1000.01", "1e400", "1e30", "1" * 400, "[2]", "{}"]
)
def test_a_bad_automatic_cash_out_names_its_field(api, player, raw):
    answer = api(BET, raw=f'{{"bet_amount": 100, "auto_cashout_multiplier": {raw}}}')

    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["auto_cashout_multiplier"]
    assert wallet_of(player.pk).gold == 1000


@pytest.mark.parametrize(
    ("raw", "times"), [("1.01", 1.01), ("2", 2.0), ("2.5", 2.5), ("1.1e1", 11.0), ("1000", 1000.0)]
)
def test_whole_and_decimal_multipliers_are_taken_to_the_hundredth(api, crash_at, raw, times):
    body = api(BET, raw=f'{{"bet_amount": 100, "auto_cashout_multiplier": {raw}}}').json()

    assert body["auto_cashout_multiplier"] == times
    assert body["potential_win"] == round(100 * times)


@pytest.mark.parametrize("value", [None, True, "1", 1.0, 0, -1, 2**63, [1], {}], ids=repr)
def test_a_bad_game_number_names_its_field(api, value):
    answer = api(CASHOUT, {"game_id": value})

    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["game_id"]


@pytest.mark.parametrize("body", [[], "bet", 5, {}])
@pytest.mark.parametrize("path", [BET, CASHOUT])
def test_a_body_that_asks_nothing_is_refused(api, path, body):
    assert api(path, body).status_code == 400


def test_a_bet_needs_a_key(api, player):
    answer = api(BET, {"bet_amount": 100}, key="short")

    assert (answer.status_code, answer.json()["error"]) == (400, "idempotency_key_required")
    assert not Round.objects.filter(player=player).exists()


def test_too_little_gold_is_said_and_nothing_kept(api, player, crash_at):
    answer = api(BET, {"bet_amount": 1001})

    assert (answer.status_code, answer.json()["error"]) == (409, "insufficient_gold")
    assert not Round.objects.filter(player=player).exists()
    assert api(BET, {"bet_amount": 1000}).status_code == 200  # the key is free again


def test_bets_and_cash_outs_take_few_statements(api, crash_at):
    def statements(path, body, key):
        with CaptureQueriesContext(connection) as captured:
            answer = api(path, body, key=key)
        assert answer.status_code == 200
        return answer.json(), [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]

    first = api(BET, {"bet_amount": 10}).json()  # the day's first also makes the seed pair and ticks the streak
    api(CASHOUT, {"game_id": first["game_id"]})

    placed, of_a_bet = statements(BET, {"bet_amount": 10}, "second-key")
    _, of_a_cash_out = statements(CASHOUT, {"game_id": placed["game_id"]}, "any-key-at-all")

    assert len(of_a_bet) <= STATEMENTS_OF_A_BET, "\n".join(of_a_bet)
    assert len(of_a_cash_out) <= STATEMENTS_OF_A_CASH_OUT, "\n".join(of_a_cash_out)


def test_multipliers_are_written_as_players_read_them():
    times = {"times": [rules.HUNDREDTHS and hundredths / rules.HUNDREDTHS for hundredths in (101, 115, 99_999)]}

    assert Renderer().render(times) == b'{"times":[1.01,1.15,999.99]}'
