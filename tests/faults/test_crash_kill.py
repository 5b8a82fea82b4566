"""kill -9 of the web process around a bet and its cash-out: nothing is lost, nothing happens twice."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from casino_club.core import clock
from casino_club.local.ports import LOOPBACK, free_port
from economy.ledger.models import Entry
from economy.ledger.selectors import wallet_of
from economy.reconcile.services import reconcile
from games.crash.services import place_bet, sweep
from games.rounds.models import Round
from games.stats.models import UserGameStats
from tests import factories
from tests.databases import database_url
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
KILLS = 20
CHECKOUT = Path(__file__).resolve().parents[2]


class Web:
    """One granian with one worker on the test's database, killed and started again on the same port."""

    def __init__(self):
        self.port = free_port()
        self.environment = os.environ | {"DATABASE_URL": database_url()}
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "granian", "casino_club.asgi:application", "--interface=asginl", "--no-ws",
             f"--port={self.port}", "--workers=1", "--log-level=error"],
            cwd=CHECKOUT, env=self.environment, start_new_session=True,
        )  # fmt: skip
        wait_until(lambda: self.get("/health"), "the web process is up")

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def get(self, path):
        with urllib.request.urlopen(f"http://{LOOPBACK}:{self.port}{path}", timeout=10) as answer:
            return answer.read()

    def post(self, path, body, headers):
        request = urllib.request.Request(
            f"http://{LOOPBACK}:{self.port}{path}", json.dumps(body).encode(),
            {**headers, "Content-Type": "application/json"},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


@pytest.fixture
def web():
    web = Web()
    yield web
    web.kill()


def test_twenty_kills_around_bets_and_cash_outs_lose_and_double_nothing(web):
    player = factories.player()
    headers = factories.bearer(player)
    chances = random.Random(11)
    gold = wallet_of(player.pk).gold
    with ThreadPoolExecutor(1) as pool:
        for number in range(KILLS):
            bet = ("/api/games/crash/bet", {"bet_amount": 10}, {**headers, "Idempotency-Key": f"bet-number-{number}"})
            if number % 2:
                killed_during(web, pool, bet, chances)
            placed = web.post(*bet)
            cash_out = ("/api/games/crash/cashout", {"game_id": placed["game_id"]}, headers)
            if number % 2 == 0:
                killed_during(web, pool, cash_out, chances)
            ended = web.post(*cash_out)
            gold += ended["win_amount"] - 10
            assert ended["status"] in ("cashed_out", "crashed")
            assert wallet_of(player.pk).gold == ended["balance"] == gold

    assert sweep() == 0
    assert Round.objects.filter(player=player, status="settled").count() == KILLS
    assert Entry.objects.filter(player=player, reason="crash.bet").count() == KILLS
    assert reconcile().violations == 0


def killed_during(web, pool, request, chances):
    """Send the request, kill the process some milliseconds later, answered or not, and start it again."""
    sent = pool.submit(_quietly, web, request)
    time.sleep(chances.uniform(0, 0.025))
    web.kill()
    sent.result(20)
    web.start()


def _quietly(web, request):
    try:
        web.post(*request)
    except (OSError, urllib.error.URLError):
        return


def test_twenty_kills_of_the_sweep_settle_every_flight_once(monkeypatch):
    """A worker dies anywhere in the sweep; the next one settles what is left."""
    monkeypatch.setattr("games.crash.services.SWEEP_BATCH", 5)
    players = [factories.player() for _ in range(60)]
    for player in players:
        place_bet(player_id=player.pk, bet_amount=10, auto_cashout=101, now=clock.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE games_round SET created_at = created_at - interval '1 hour', due_at = due_at - interval '1 hour'"
        )
    chances = random.Random(13)
    for _ in range(KILLS):
        worker = os.fork()
        if worker == 0:
            _sweep_until_killed()
        time.sleep(chances.uniform(0, 0.03))
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)

    sweep()
    assert not Round.objects.filter(status="open").exists()
    for player in players:
        settled = Round.objects.get(player=player)
        assert wallet_of(player.pk).gold == 990 + settled.win
        assert Entry.objects.filter(player=player, reason="crash.win").count() == int(settled.win > 0)
    assert UserGameStats.objects.filter(user__in=players, rounds=1).count() == len(players)
    assert reconcile().violations == 0


def _sweep_until_killed():
    """In a process of its own, on a connection of its own; the one it was born with is its parent's."""
    connection.connection = None
    while True:
        sweep()
        time.sleep(0.001)
