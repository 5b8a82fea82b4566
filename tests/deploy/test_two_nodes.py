"""Two web nodes, two workers and two beats behind nginx, in production settings: everything still happens once."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db.models import Sum

from economy.ledger.models import Entry
from economy.reconcile.services import reconcile
from games.rounds.models import Round
from tests import factories
from tests.deploy.nodes import Nodes, production
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "plum-and-crane-7"  # noqa: S105 - a test's own


@pytest.fixture
def house(needs, tmp_path):
    needs("nginx", "openssl")
    tmp_path.chmod(0o755)
    nodes = Nodes(tmp_path, production())
    yield nodes.start
    nodes.stop()


def test_the_whole_journey_through_nginx_on_two_nodes(house):
    code = factories.invite().code
    house = house()
    with ThreadPoolExecutor(20) as pool:

        def at_once(times, path, body, headers):
            return list(pool.map(lambda number: house.post(path, body, headers), range(times)))

        names = {"site_id": "moonwatcher", "nickname": "달지기", "password": PASSWORD}
        status, player = house.post("/api/auth/signup", {**names, "invite_code": code, "age_confirmed": True})
        assert (status, player["user"]["gold_balance"]) == (201, 1000)
        bearer = {"Authorization": f"Bearer {player['access_token']}"}

        claims = at_once(20, "/api/streak/claim", {}, bearer)
        assert [status for status, _answer in claims] == [200] * 20
        assert [answer["idempotent"] for _status, answer in claims].count(False) == 1
        key = {"Idempotency-Key": uuid.uuid4().hex}
        spins = at_once(10, "/api/games/slot/spin", {"bet_amount": 20, "lines": 20}, bearer | key)
        assert {status for status, _answer in spins} == {200}
        assert len({answer["round_id"] for _status, answer in spins}) == 1
        renewed = at_once(10, "/api/auth/refresh", {"refresh_token": player["refresh_token"]}, {})
        assert sorted(status for status, _answer in renewed) == [200] + [401] * 9

        # A spent token was shown again, so its family has ended; the player signs in anew, with a flight left behind.
        _status, player = house.post("/api/auth/login", {"site_id": "moonwatcher", "password": PASSWORD})
        bearer = {"Authorization": f"Bearer {player['access_token']}"}
        bet = {"bet_amount": 10, "auto_cashout_multiplier": 1.01}
        status, flight = house.post("/api/games/crash/bet", bet, bearer | {"Idempotency-Key": uuid.uuid4().hex})
        assert (status, flight["status"]) == (200, "placed")
        said = house.first_lines_of(f"/api/games/crash/{flight['game_id']}/stream", "event: ", bearer)
        assert "event: " in said

        # One node goes; the other carries on, and what it had begun is lost to nobody.
        house.kill(house.web[0])
        answers = [house.get("/api/economy/wallet", bearer)[0] for _ in range(10)]
        assert answers == [200] * 10

    wait_until(lambda: not Round.objects.filter(status="open").exists(), "a sweep settled the flight left behind")
    entries = Entry.objects.filter(player_id=player["user"]["id"], asset="gold")
    assert entries.filter(reason="streak.claim").count() == 1
    assert entries.filter(reason="crash.win").count() <= 1
    gold = entries.aggregate(sum=Sum("amount"))["sum"]
    assert f'"gold":{gold}'.encode() in house.get("/api/economy/wallet", bearer)[2].replace(b" ", b"")
    assert [found for found in reconcile().findings if found.violations] == []


def test_strangers_get_no_metrics_and_nothing_over_plain_http(house):
    house = house()

    assert house.get("/metrics")[0] == 404
    status, headers, body = house.get("/health", {"X-Forwarded-Proto": "http"})
    assert (status, body.replace(b" ", b"")) == (200, b'{"status":"ok"}')
    assert headers["strict-transport-security"].startswith("max-age=31536000")
    status, headers, _body = house.get("/login")
    assert status == 200
    assert "__Host-csrf" in headers["set-cookie"]
    assert "Secure" in headers["set-cookie"]
