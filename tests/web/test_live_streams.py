"""Streams of live figures: what they say and when, who may follow, how one takes up again, what many of them cost."""

import asyncio
import json

import pytest
from django.db import OperationalError

from accounts.sessions.models import RevokedFor
from accounts.sessions.services import revoke_all
from accounts.users.models import User
from casino_club.core import alerts, clock, redis
from casino_club.web.live import figures, streams
from tests import factories
from tests.economy import shop_things
from tests.streams import Follower, in_pool, run

pytestmark = pytest.mark.django_db(transaction=True)
GLOBAL, OPERATORS = "/api/metrics/stream", "/api/admin/stream"


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    monkeypatch.setattr(streams, "READ_EVERY_SECONDS", 0.05)
    monkeypatch.setattr(streams, "OPERATORS_EVERY_SECONDS", 0.05)
    monkeypatch.setattr(streams._latest, "_began_at", float("-inf"))


@pytest.fixture
def quick(monkeypatch):
    """An interval of hundredths of a second, whatever was asked."""
    told = streams._figures
    monkeypatch.setattr(streams, "_figures", lambda last, interval: told(last, interval / 100))


def expire():
    redis.client().delete(figures.SHARED.key)


def leaving_after(name, times=1):
    async def story(follower):
        running = follower.follow()
        await follower.says(name, times)
        follower.gone.set()
        await running

    return story


def test_a_stranger_hears_the_figures_at_once(client):
    follower = run(lambda: Follower(GLOBAL), leaving_after("metrics"))

    ((name, told),) = follower.events
    assert (follower.status, name) == (200, "metrics")
    assert told == client.get("/api/metrics/global").json()
    assert follower.ids == [told["generated_at"]]
    assert ": still here" in follower.wire


def test_figures_are_told_again_only_when_they_are_new(quick):
    async def story(follower):
        running = follower.follow()
        await follower.says("metrics")
        await asyncio.sleep(0.3)
        assert len(follower.events) == 1
        await in_pool(expire)
        await follower.says("metrics", times=2)
        follower.gone.set()
        await running

    follower = run(lambda: Follower(GLOBAL, query="interval=2"), story)

    assert len(set(follower.ids)) == 2


def test_a_stream_taken_up_again_does_not_repeat_what_was_heard(quick):
    first = run(lambda: Follower(GLOBAL), leaving_after("metrics"))

    async def story(follower):
        running = follower.follow()
        await asyncio.sleep(0.3)
        assert follower.events == []
        await in_pool(expire)
        await follower.says("metrics")
        follower.gone.set()
        await running

    again = run(lambda: Follower(GLOBAL, {"Last-Event-ID": first.ids[0]}, "interval=2"), story)

    assert again.ids != first.ids


def test_many_streams_are_one_reading(quick, monkeypatch):
    readings = []
    read = streams._latest._read
    monkeypatch.setattr(streams._latest, "_read", lambda: readings.append(1) or read())
    monkeypatch.setattr(streams, "READ_EVERY_SECONDS", 60)

    async def story(follower):
        followers = [follower, *(Follower(GLOBAL) for _ in range(49))]
        running = [each.follow() for each in followers]
        for each in followers:
            await each.says("metrics")
            each.gone.set()
        await asyncio.gather(*running)

    run(lambda: Follower(GLOBAL), story)

    assert len(readings) == 1
    assert streams._streams == 0


def test_a_stream_outlives_a_database_that_is_away_for_a_moment(quick, monkeypatch):
    read = streams._latest._read
    failures = [OperationalError(), OperationalError()]

    def sometimes():
        if failures:
            raise failures.pop()
        return read()

    monkeypatch.setattr(streams._latest, "_read", sometimes)

    follower = run(lambda: Follower(GLOBAL), leaving_after("metrics"))

    assert [name for name, _ in follower.events] == ["metrics"]


def test_an_interval_that_means_nothing_is_refused():
    async def story(follower):
        await follower.follow()

    follower = run(lambda: Follower(GLOBAL, query="interval=5&interval=99"), story)

    assert (follower.status, json.loads(follower.wire)["error"]) == (400, "validation_error")


def test_beyond_the_most_streams_one_is_asked_to_come_back(monkeypatch):
    monkeypatch.setattr(streams, "MOST_STREAMS", 0)

    async def story(follower):
        await follower.follow()

    follower = run(lambda: Follower(GLOBAL), story)

    assert (follower.status, json.loads(follower.wire)["error"]) == (503, "try_again")
    assert (b"retry-after", b"30") in follower.sent[0]["headers"]


@pytest.mark.parametrize(("who", "status"), [("nobody", 401), ("a player", 403)])
def test_only_operators_may_follow_the_operators_stream(who, status):
    headers = {} if who == "nobody" else factories.bearer(factories.player())

    async def story(follower):
        await follower.follow()

    assert run(lambda: Follower(OPERATORS, headers), story).status == status


def test_an_operator_hears_figures_and_each_alert_once():
    headers = factories.bearer(factories.operator())

    async def story(follower):
        running = follower.follow()
        await follower.says("stats")
        for rule in ("stock_zero", "odds_drift"):
            await in_pool(
                lambda rule=rule: alerts.raise_alert(
                    rule=rule, severity="warning", message="Look at it.", now=clock.now()
                )
            )
        await follower.says("alert", times=2)
        await asyncio.sleep(0.3)
        follower.gone.set()
        await running

    follower = run(lambda: Follower(OPERATORS, headers, "tz=Asia/Seoul"), story)

    assert [data["rule"] for name, data in follower.events if name == "alert"] == ["stock_zero", "odds_drift"]
    assert len(follower.ids) == 2


def test_an_operator_who_comes_back_hears_what_happened_meanwhile():
    headers = factories.bearer(factories.operator())
    left_at = clock.now()
    alerts.raise_alert(rule="stock_zero", severity="warning", message="Sold out.", now=left_at)

    follower = run(
        lambda: Follower(OPERATORS, {**headers, "Last-Event-ID": clock.iso(left_at)}), leaving_after("alert")
    )

    assert [data["rule"] for name, data in follower.events if name == "alert"] == ["stock_zero"]


@pytest.mark.parametrize(("language", "said"), [("ko", "acme에서 응답이 없어요."), ("en", "acme does not answer.")])
def test_an_operator_hears_of_an_alert_in_their_language(language, said):
    headers = {**factories.bearer(factories.operator()), "Accept-Language": language}
    at, message = clock.now(), "%(provider)s does not answer."
    alerts.raise_alert(rule="payment_provider_down", message=message, facts={"provider": "acme"}, now=at)

    follower = run(lambda: Follower(OPERATORS, {**headers, "Last-Event-ID": clock.iso(at)}), leaving_after("alert"))

    assert [data["message"] for name, data in follower.events if name == "alert"] == [said]


def test_an_operator_hears_each_step_of_a_purchase():
    headers = factories.bearer(factories.operator())
    buyer, pouch = factories.player(), shop_things.product()
    factories.give(buyer, gems=10)

    async def story(follower):
        running = follower.follow()
        await follower.says("stats")
        await in_pool(lambda: shop_things.buy(buyer, pouch))
        await follower.says("transaction", times=2)
        follower.gone.set()
        await running

    follower = run(lambda: Follower(OPERATORS, headers), story)

    steps = [data for name, data in follower.events if name == "transaction"]
    assert {step["status"] for step in steps} >= {"paid", "granted"}
    assert {(step["code"], step["amount"], step["currency"]) for step in steps} == {(pouch.code, 10, "gems")}


@pytest.mark.parametrize("last_id", ["2026-13-45T99:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_forged_last_event_id_does_no_harm(last_id):
    headers = factories.bearer(factories.operator())

    follower = run(lambda: Follower(OPERATORS, {**headers, "Last-Event-ID": last_id}), leaving_after("stats"))

    assert follower.events[0][0] == "stats"


@pytest.mark.parametrize(
    "loses",
    [
        lambda operator: User.objects.filter(pk=operator.pk).update(is_staff=False),
        lambda operator: User.objects.filter(pk=operator.pk).update(is_active=False),
        lambda operator: revoke_all(user_id=operator.pk, reason=RevokedFor.OPERATOR, now=clock.now()),
    ],
    ids=["the role", "the account", "the session"],
)
def test_who_loses_the_right_to_it_hears_nothing_more(loses):
    operator = factories.operator()
    headers = factories.bearer(operator)

    async def story(follower):
        running = follower.follow()
        await follower.says("stats")
        await in_pool(lambda: loses(operator))
        async with asyncio.timeout(30):
            await running

    run(lambda: Follower(OPERATORS, headers), story)
