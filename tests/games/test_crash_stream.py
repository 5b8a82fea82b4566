"""The stream of a round: who may follow it, what it says, when, and what it holds meanwhile."""

import asyncio
import json
import re
from datetime import timedelta

import pytest
from django.db import connection

from casino_club.core import clock
from games.crash import rules, selectors
from games.crash.services import cash_out, place_bet
from games.crash.stream import _watch
from games.rounds.models import Round
from tests import factories
from tests.streams import Follower, in_pool, run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def player():
    return factories.player()


def _bet(player, auto=None):
    return place_bet(player_id=player.pk, bet_amount=10, auto_cashout=auto, now=clock.now()).play.game_id


def _follower(game_id, headers):
    return Follower(f"/api/games/crash/{game_id}/stream", headers)


def test_a_round_is_followed_to_its_end(player, monkeypatch):
    monkeypatch.setattr(rules, "crash_point_of", lambda draw, odds=None: 130)
    headers, game_id = factories.bearer(player), _bet(player)

    async def story(follower):
        async with asyncio.timeout(20):
            await follower.follow()

    follower = run(lambda: _follower(game_id, headers), story)

    assert follower.status == 200
    assert [name for name, _ in follower.events] == ["placed", "crashed"]
    placed, crashed = (data for _, data in follower.events)
    assert (placed["status"], placed["crash_multiplier"], placed["ended_after_ms"]) == ("placed", None, None)
    assert (crashed["status"], crashed["crash_multiplier"], crashed["win_amount"]) == ("crashed", 1.3, 0)
    assert Round.objects.get(pk=game_id).status == "settled"


def test_nothing_is_said_before_the_end(player, monkeypatch):
    monkeypatch.setattr(rules, "crash_point_of", lambda draw, odds=None: 777)
    headers, game_id = factories.bearer(player), _bet(player)

    async def story(follower):
        running = follower.follow()
        await follower.says("placed")
        await asyncio.sleep(0.3)
        follower.gone.set()
        await running

    follower = run(lambda: _follower(game_id, headers), story)

    assert [name for name, _ in follower.events] == ["placed"]
    assert not re.search(r"7\.77|\b777\b|due", follower.wire)


def test_a_cash_out_elsewhere_is_told(player, monkeypatch):
    monkeypatch.setattr(rules, "crash_point_of", lambda draw, odds=None: 100_000)
    monkeypatch.setattr("games.crash.live.ASK_EVERY_SECONDS", 0.05)
    headers, game_id = factories.bearer(player), _bet(player)

    async def story(follower):
        running = follower.follow()
        await follower.says("placed")
        await in_pool(lambda: cash_out(player_id=player.pk, game_id=game_id, received_at=selectors.database_now()))
        async with asyncio.timeout(10):
            await running

    follower = run(lambda: _follower(game_id, headers), story)

    assert [name for name, _ in follower.events] == ["placed", "cashed_out"]
    assert follower.events[1][1]["win_amount"] == 10


def test_a_round_that_is_over_ends_its_stream_at_once(player, monkeypatch):
    monkeypatch.setattr(rules, "crash_point_of", lambda draw, odds=None: 300)
    headers, game_id = factories.bearer(player), _bet(player, auto=200)
    Round.objects.update(created_at=clock.now() - timedelta(hours=1), due_at=clock.now() - timedelta(minutes=59))

    async def story(follower):
        async with asyncio.timeout(10):
            await follower.follow()

    follower = run(lambda: _follower(game_id, headers), story)

    assert [name for name, _ in follower.events] == ["cashed_out"]
    assert follower.events[0][1]["status"] == "auto_cashed"


@pytest.mark.parametrize(
    ("who", "status", "code"), [("nobody", 401, "not_authenticated"), ("somebody else", 404, "not_found")]
)
def test_strangers_are_refused_as_the_api_refuses_them(player, who, status, code):
    headers = {} if who == "nobody" else factories.bearer(factories.player())
    game_id = _bet(player)

    async def story(follower):
        async with asyncio.timeout(10):
            await follower.follow()

    follower = run(lambda: _follower(game_id, headers), story)

    assert (follower.status, json.loads(follower.wire)["error"]) == (status, code)


def test_waiting_streams_hold_no_connection_and_forget_those_who_go(player, monkeypatch):
    monkeypatch.setattr(rules, "crash_point_of", lambda draw, odds=None: 100_000)
    headers, game_id = factories.bearer(player), _bet(player)
    before = _connections()

    async def story(follower):
        followers = [follower, *(_follower(game_id, headers) for _ in range(39))]
        running = [each.follow() for each in followers]
        for each in followers:
            await each.says("placed")
        async with asyncio.timeout(10):
            while len(_watch._waiting[game_id]) < 40:
                await asyncio.sleep(0.01)
        assert await in_pool(_connections) - before <= 10  # eight request threads, the reader, the one that asks
        for each in followers:
            each.gone.set()
        await asyncio.gather(*running)
        assert not _watch._waiting

    run(lambda: _follower(game_id, headers), story)


def _connections():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return cursor.fetchone()[0]
