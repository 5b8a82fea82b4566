"""The express lane answers exactly as Django would, and leaves to Django whatever is not sure to succeed."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.sessions.models import AuthSession
from casino_club.asgi import EXPRESS, pages_and_api
from casino_club.core import clock, presence, redis
from casino_club.core.models import IdempotencyRecord
from economy.ledger.selectors import wallet_of
from economy.limits.rules import Kind
from economy.limits.services import set_limits
from games.crash import rules
from games.crash.services import look
from games.express import Express
from games.rounds.models import Round
from games.slot import rules as slot
from tests import factories

pytestmark = pytest.mark.django_db
BET = "/api/games/crash/bet"

# SQL statements of a bet by an API client, everything included. They may only be lowered.
STATEMENTS_OF_A_BET = 2


class Client:
    """Sends requests through the lane; `left` counts those that Django got."""

    def __init__(self, player):
        self.headers = factories.bearer(player)
        self.left = 0
        self.lane = Express(self._django, EXPRESS)

    def _django(self, environ, start_response):
        self.left += 1
        return pages_and_api(environ, start_response)

    def post(self, body=None, *, key="first-key", raw=None, path=BET, **more):
        content = json.dumps({"bet_amount": 10} if body is None else body) if raw is None else raw
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {}), **more}
        request = RequestFactory().post(path, content, content_type="application/json", headers=headers)
        said = {}

        def start_response(status, headers, exc_info=None):
            said.update(status=int(status[:3]), headers=dict(headers))

        before, chunks = self.left, self.lane(request.environ, start_response)
        answer = b"".join(chunks)
        chunks.close() if hasattr(chunks, "close") else None
        return said["status"], said["headers"], answer, self.left > before


@pytest.fixture(autouse=True)
def one_connection():
    """Requests leave the test's connection, and its transaction, open."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def player():
    return factories.player()


@pytest.fixture
def client(player, monkeypatch):
    """A client who has bet before today, on a lane that knows the headers; each flight is over at once."""
    monkeypatch.setattr(rules, "crash_point_of", lambda draw, odds=None: 99)
    client = Client(player)
    assert client.post(key="the-first-one")[0] == 200
    land(player)
    return client


def land(player):
    look(player_id=player.pk, game_id=Round.objects.filter(player=player).latest("pk").pk)


def test_an_ordinary_bet_is_answered_by_the_lane_as_django_answers_it(client, player):
    status, headers, body, left = client.post(key="by-the-lane")
    assert (status, left) == (200, False)
    land(player)

    by_django, django_headers, django_body, left = client.post(
        key="by-django-1", **{"Accept": "application/json;q=0.9"}
    )

    assert (by_django, left) == (200, True)
    assert set(headers) == set(django_headers)
    changing = {"X-Request-ID", "Content-Length"}
    assert {k: v for k, v in headers.items() if k not in changing} == {
        k: v for k, v in django_headers.items() if k not in changing
    }
    ours, theirs = json.loads(body), json.loads(django_body)
    assert list(ours) == list(theirs)
    assert (theirs["game_id"], theirs["balance"]) == (ours["game_id"] + 1, ours["balance"] - 10)
    assert headers["Content-Length"] == str(len(body))


def test_an_ordinary_bet_takes_few_statements(client):
    with CaptureQueriesContext(connection) as captured:
        assert client.post(key="counted-one")[3] is False

    inside_the_test = [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(inside_the_test) <= STATEMENTS_OF_A_BET


def test_an_ordinary_spin_is_answered_by_the_lane_as_django_answers_it(client, player):
    """Of a player who never spun before, too: the lane needs no table for it."""
    spin = {"body": {"bet_amount": 20, "lines": 20}, "path": "/api/games/slot/spin"}
    client.post(**spin, key="learns-headers")

    status, headers, body, left = client.post(**spin, key="by-the-lane")
    by_django, django_headers, django_body, _ = client.post(
        **spin, key="by-django-1", **{"Accept": "application/json;q=0.9"}
    )
    _, again_headers, again, _ = client.post(**spin, key="by-the-lane")

    assert (status, by_django, left) == (200, 200, False)
    assert set(headers) == set(django_headers)
    ours, theirs = json.loads(body), json.loads(django_body)
    assert list(ours) == list(theirs)
    assert theirs["round_id"] == ours["round_id"] + 1
    assert (again, again_headers["Idempotency-Hit"]) == (body, "true")
    assert Round.objects.filter(player=player, game="slot").count() == 3


def test_a_spin_that_is_refused_is_refused_by_django(client, player, monkeypatch):
    monkeypatch.setattr(slot, "draw_stops", lambda draw: (0, 1, 0, 0, 0))  # no free spins
    spin = {"body": {"bet_amount": 5000, "lines": 20}, "path": "/api/games/slot/spin"}
    client.post({"bet_amount": 20, "lines": 20}, path=spin["path"], key="learns-headers")

    status, _, body, left = client.post(**spin, key="too-much-for-me")

    assert (status, json.loads(body)["error"], left) == (409, "insufficient_gold", True)
    assert Round.objects.filter(player=player, game="slot").count() == 1


def test_a_repeat_gets_the_same_bytes_from_either(client, player):
    _, _, first, _ = client.post(key="the-same-one")

    status, headers, again, left = client.post(key="the-same-one")
    by_django = client.post(key="the-same-one", **{"Accept": "application/json;q=0.9"})

    assert (status, again, headers["Idempotency-Hit"], left) == (200, first, "true", False)
    assert (by_django[2], by_django[1]["Idempotency-Hit"], by_django[3]) == (first, "true", True)
    assert Round.objects.filter(player=player).count() == 2


def test_the_request_id_is_the_callers(client):
    assert client.post(**{"X-Request-ID": "my-own-request"})[1]["X-Request-ID"] == "my-own-request"


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"raw": "{"}, 400, "malformed_body"),
        ({"body": {"bet_amount": 9}}, 400, "validation_error"),
        ({"body": {"bet_amount": True}}, 400, "validation_error"),
        ({"key": None}, 400, "idempotency_key_required"),
        ({"key": "the-first-one", "body": {"bet_amount": 11}}, 422, "idempotency_key_reused"),
        ({"body": {"bet_amount": 10_000}}, 409, "insufficient_gold"),
        ({"Authorization": "Bearer nonsense"}, 401, "token_invalid"),
        ({"Host": "elsewhere.example"}, 400, "bad_request"),
        ({"raw": "[" * 70_000}, 413, "payload_too_large"),
    ],
)
def test_what_is_refused_is_refused_by_django(client, player, request_, status, code):
    gold = wallet_of(player.pk).gold

    answered, _, body, left = client.post(**request_)

    assert (answered, json.loads(body)["error"], left) == (status, code, True)
    assert wallet_of(player.pk).gold == gold
    assert Round.objects.filter(player=player).count() == 1


def test_a_flight_in_the_air_is_told_by_django(client, player, monkeypatch):
    monkeypatch.setattr(rules, "crash_point_of", lambda draw, odds=None: 100_000)
    client.post(key="in-the-air-1")

    status, _, body, left = client.post(key="in-the-air-2")

    assert (status, json.loads(body)["error"], left) == (409, "round_open", True)


def test_a_session_that_ended_and_a_password_to_change_are_django_s_to_tell(client, player):
    player.must_change_password = True
    player.save()
    assert json.loads(client.post(key="must-change")[2])["error"] == "password_change_required"
    AuthSession.objects.filter(user=player).update(expires_at=clock.now() - timedelta(seconds=1))

    assert json.loads(client.post(key="too-late-now")[2])["error"] == "token_invalid"


def test_the_players_own_limits_hold_here_too(client, player):
    set_limits(player_id=player.pk, wanted={Kind.WAGER: 25}, now=clock.now())
    assert client.post(key="within-limits")[0] == 200

    status, _, body, _ = client.post(key="beyond-limits")

    assert (status, json.loads(body)["error"]) == (409, "self_limit_reached")


def test_a_request_is_counted_once_and_the_rate_holds(client, player, monkeypatch):
    monkeypatch.setattr(settings, "RATE_BETS_PER_SECOND", 3)
    redis.client().flushdb()
    refusals = [json.loads(client.post({"bet_amount": 10_000}, key=f"too-much-{n}")[2])["error"] for n in range(4)]

    assert refusals == ["insufficient_gold"] * 3 + ["rate_limited"]


def test_a_player_of_the_lane_is_online(client, player):
    redis.client().flushdb()
    presence._marked_at.clear()
    assert client.post(key="here-i-am-1")[3] is False
    assert presence.online_count(clock.now()) == 1


def test_an_operator_who_plays_is_answered_by_django_and_no_player_online(client, player):
    type(player).objects.filter(pk=player.pk).update(is_staff=True)
    redis.client().flushdb()
    presence._marked_at.clear()

    status, _, _, left = client.post(key="here-i-am-2")

    assert (status, left) == (200, True)
    assert presence.online_count(clock.now()) == 0


def test_an_operator_who_owes_a_second_factor_does_not_slip_through(client, player, monkeypatch):
    monkeypatch.setattr(settings, "OPERATOR_2FA_REQUIRED", True)
    type(player).objects.filter(pk=player.pk).update(is_staff=True)
    land(player)
    before = Round.objects.count()

    status, _, body, _ = client.post(key="first-prove-it")

    assert (status, json.loads(body)["error"]) == (401, "otp_required")
    assert Round.objects.count() == before


def test_a_database_that_fails_leaves_the_request_to_django(client, player, monkeypatch):
    monkeypatch.setattr("games.rounds.selectors.table_of_session", lambda *a, **k: 1 / 0)

    status, _, _, left = client.post(key="try-it-again")

    assert (status, left) == (200, True)
    assert IdempotencyRecord.objects.filter(actor=player, key="try-it-again").exists()


def test_other_routes_and_methods_pass_by(client):
    status, _, body, left = client.post({"game_id": 1}, path="/api/games/crash/cashout")

    assert (status, json.loads(body)["error"], left) == (404, "not_found", True)
