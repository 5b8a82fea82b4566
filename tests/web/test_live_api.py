"""Live figures: what they count, that they are computed once for everybody, and who may see which."""

import json
from dataclasses import replace
from datetime import timedelta

import pgtrigger
import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from redis.exceptions import ConnectionError as RedisAway

from casino_club.core import alerts, clock, presence, redis, shared
from casino_club.web.live import figures, operators
from economy.approvals.models import Approval
from economy.house.services import fold
from economy.shop.services import mark_paid, refund
from economy.webhooks.models import WebhookEvent
from games.rounds.models import Round
from tests import factories
from tests.concurrency.together import together
from tests.economy import shop_things, webhooks
from tests.events.play import event, spin_paid

pytestmark = pytest.mark.django_db
GLOBAL = "/api/metrics/global"
STATS = "/api/admin/stats"


@pytest.fixture(autouse=True)
def nothing_remembered():
    shared._own_answers.clear()


@pytest.fixture
def unhurried(monkeypatch):
    """Answers stay fresh for longer than the slowest machine takes for a test."""
    monkeypatch.setattr(figures, "SHARED", replace(figures.SHARED, fresh_seconds=600))
    monkeypatch.setattr(figures, "FRESH_SECONDS", 600)


@pytest.fixture
def without_redis(monkeypatch):
    def away():
        raise RedisAway

    monkeypatch.setattr(redis, "client", away)


def expire(key=figures.SHARED.key):
    redis.client().delete(key)


def scalar(sql, **given):
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return int(cursor.fetchone()[0] or 0)


def naive(now):
    """The figures by the simplest SQL there is, from rounds and entries alone."""
    hour, day = now - timedelta(hours=1), clock.game_day_start(clock.game_date(now))
    return {
        "spins_last_hour": scalar(
            "SELECT count(*) FROM games_round WHERE game = 'slot' AND created_at >= %(hour)s", hour=hour
        ),
        "big_wins_last_hour": scalar(
            "SELECT count(*) FROM games_round WHERE settled_at >= %(hour)s AND win >= %(least)s AND win > bet",
            hour=hour,
            least=settings.BIG_WIN_THRESHOLD_GOLD,
        ),
        "total_plays_today": scalar(
            "SELECT sum(units) FROM economy_entry WHERE (reason LIKE '%%.bet' OR reason LIKE '%%.pull')"
            " AND created_at >= %(day)s",
            day=day,
        ),
        "active_events_count": scalar(
            "SELECT count(*) FROM events_event WHERE is_active AND start_date <= %(now)s AND end_date > %(now)s",
            now=now,
        ),
    }


def play_around(now):
    """Spins two hours ago, all through the last hour, and just now."""
    players = [factories.player() for _ in range(3)]
    for number, player in enumerate(players):
        factories.give(player, gold=50_000)
        for minutes in (125, 61, 59, 31, 30, 2, 1, 0):
            spin_paid(player.pk, at=now - timedelta(minutes=minutes, seconds=number), times=1)
    return players


def test_global_figures_equal_naive_sql_folded_or_not(client):
    now = clock.now()
    play_around(now)
    event(start_date=now - timedelta(days=1), end_date=now + timedelta(days=1))
    event(start_date=now + timedelta(days=1), end_date=now + timedelta(days=2))

    first = client.get(GLOBAL).json()
    fold(now=now)
    expire()
    second = client.get(GLOBAL).json()

    for answer in (first, second):
        expected = naive(clock.now())
        assert {name: answer[name] for name in expected} == expected
    assert first["spins_last_hour"] >= 18
    assert all(type(first[name]) is int for name in first if name != "generated_at")


def test_a_big_win_counts_from_the_threshold_on_and_only_above_its_bet(client):
    now = clock.now()
    player = factories.player()
    factories.give(player, gold=100_000)
    spin_paid(player.pk, at=now, times=3)
    kept = Round.objects.filter(player=player).values_list("pk", flat=True)
    for pk, bet, win in zip(kept, (100, 100, 5000), (999, 1000, 1000), strict=True):
        with pgtrigger.ignore("games.Round:settled_round_closed"):
            Round.objects.filter(pk=pk).update(bet=bet, win=win)

    assert client.get(GLOBAL).json()["big_wins_last_hour"] == 1


def test_an_answer_is_fresh_for_five_seconds(client):
    client.get(GLOBAL)
    client.get(STATS, headers=factories.bearer(factories.operator()))

    assert figures.SHARED.fresh_seconds == 5
    assert redis.client().pttl(figures.SHARED.key) <= 5000
    assert redis.client().pttl(operators.KEY) <= 5000


def test_whoever_asks_while_it_is_fresh_gets_the_same_bytes(client, unhurried, django_assert_num_queries):
    first = client.get(GLOBAL)

    with django_assert_num_queries(0):
        again = client.get(GLOBAL)

    assert again.content == first.content
    assert factories.browser(factories.player()).get(GLOBAL).content == first.content


def test_while_one_computes_the_others_get_the_last(client, unhurried, django_assert_num_queries):
    first = client.get(GLOBAL)
    expire()
    redis.client().set(figures.SHARED.lock_key, b"1")

    with django_assert_num_queries(0):
        assert client.get(GLOBAL).content == first.content


@pytest.mark.django_db(transaction=True)
def test_two_hundred_at_once_are_one_computation(unhurried, monkeypatch):
    computed = []
    compute = figures.compute
    monkeypatch.setattr(figures, "compute", lambda *, now: computed.append(now) or compute(now=now))
    answers = together(200, lambda _: Client().get(GLOBAL))

    assert {answer.status_code for answer in answers} == {200}
    assert len(computed) == 1
    assert len({answer.json()["generated_at"] for answer in answers}) == 1


def test_without_redis_the_figures_are_still_right_and_computed_once(client, unhurried, without_redis, monkeypatch):
    now = clock.now()
    play_around(now)

    first = client.get(GLOBAL)
    again = client.get(GLOBAL)

    expected = naive(clock.now())
    assert {name: first.json()[name] for name in expected} == expected
    assert first.json()["online_users"] == 3  # those who played in the last five minutes
    assert again.content == first.content


def test_players_online_are_those_of_the_last_five_minutes(client):
    now = clock.now()
    redis.client().zadd(presence.KEY, {1: now.timestamp(), 2: (now - timedelta(minutes=6)).timestamp()})

    assert client.get(GLOBAL).json()["online_users"] == 1


def test_strangers_are_counted_by_address(client, settings):
    settings.RATE_ANONYMOUS_PER_MINUTE = 3

    statuses = [client.get(GLOBAL).status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]


@pytest.mark.parametrize("interval", ["1", "31", "x", "", "5.0", "-5", "٣"])
def test_an_interval_outside_two_to_thirty_is_refused(client, interval):
    answer = client.get("/api/metrics/stream", {"interval": interval})

    assert (answer.status_code, answer.json()["error"]) == (400, "validation_error")


@pytest.mark.parametrize("path", [STATS, "/api/admin/stream"])
def test_only_operators_see_the_operators_figures(client, path):
    asked = {
        None: 401,
        factories.player(): 403,
        factories.operator(role="viewer"): 200,
        factories.operator(role="support"): 200,
        factories.operator(role="economy"): 200,
        factories.operator(role="security"): 200,
        factories.operator(superuser=True): 200,
    }

    for user, status in asked.items():
        headers = factories.bearer(user) if user else {}
        assert client.get(path, headers=headers).status_code == status, user


def test_admin_stats(client):
    now = clock.now()
    play_around(now)
    get_user_model().objects.filter(pk=factories.player().pk).update(is_active=False)
    operator = factories.operator()
    alerts.raise_alert(rule="stock_zero", severity="warning", message="Sold out.", now=now)
    alerts.raise_alert(rule="ledger_violation", severity="critical", message="The books differ.", now=now)
    headers = factories.bearer(operator)

    stats = client.get(STATS, headers=headers).json()
    fold(now=now)
    redis.client().delete(operators.KEY)
    folded = client.get(STATS, headers=headers).json()

    assert set(stats) == {
        "total_users", "active_users", "total_games_played", "total_tokens_in_circulation", "online_users",
        "total_revenue", "today_revenue", "pending_actions", "stale_pending_actions", "critical_alerts", "generated_at",
    }  # fmt: skip
    assert all(type(value) is int for name, value in stats.items() if name != "generated_at")
    assert {**stats, "generated_at": ""} == {**folded, "generated_at": ""}
    assert stats["total_users"] == scalar("SELECT count(*) FROM accounts_user")
    assert stats["active_users"] == scalar("SELECT count(*) FROM accounts_user WHERE is_active")
    assert stats["active_users"] == stats["total_users"] - 1
    assert stats["total_games_played"] == 24
    assert stats["total_tokens_in_circulation"] == scalar("SELECT sum(gold) FROM economy_wallet")
    assert stats["critical_alerts"] == 1
    assert stats["today_revenue"] <= stats["total_revenue"]


def test_revenue_is_what_cards_paid_less_refunds_and_today_is_the_zones_own(client):
    now = clock.now()
    buyer = factories.player()
    bought = [shop_things.buy(buyer, shop_things.package(), now=now) for _ in range(3)]
    for purchase, days in zip(bought, (0, 0, 3), strict=True):
        paid_at = now - timedelta(days=days)
        mark_paid(purchase_id=purchase.pk, receipt_id=f"receipt-{purchase.pk}", amount=purchase.amount, now=paid_at)
    refund(purchase_id=bought[0].pk, amount=900, operator_id=None, reason="test", now=now)
    headers = factories.bearer(factories.operator())

    for zone in ("UTC", "Asia/Seoul", "Pacific/Kiritimati", "America/Adak"):
        stats = client.get(STATS, {"tz": zone}, headers=headers).json()
        assert stats["total_revenue"] == 3 * 9900 - 900
        assert stats["today_revenue"] == 2 * 9900 - 900 <= stats["total_revenue"]


def test_what_waits_for_an_operator_is_counted_and_after_a_day_it_is_stale(client):
    now = clock.now()
    buyer = factories.player()
    for hours in (1, 25):
        pack = shop_things.package(starts_at=now - timedelta(days=2))
        shop_things.buy(buyer, pack, review=True, now=now - timedelta(hours=hours))
    for hours, waits in ((1, 10), (25, 1), (30, -1)):
        Approval.objects.create(
            kind="operator.grant",
            player=buyer,
            reason="test",
            requested_by=buyer,
            requested_at=now - timedelta(hours=hours),
            expires_at=now + timedelta(hours=waits),
        )
    hook = webhooks.endpoint()
    for number, hours in enumerate((1, 2, 30)):
        WebhookEvent.objects.create(
            external_id=f"evt-{number}",
            direction="out",
            endpoint=hook,
            type="purchase.paid",
            payload={},
            status="FAILED",
            created_at=now - timedelta(hours=hours),
            settled_at=now - timedelta(hours=hours),
        )

    stats = client.get(STATS, headers=factories.bearer(factories.operator())).json()

    assert (stats["pending_actions"], stats["stale_pending_actions"]) == (7, 3)


def test_admin_stats_are_kept_for_each_time_zone(client, unhurried, django_assert_max_num_queries):
    headers = factories.bearer(factories.operator())
    first = client.get(STATS, headers=headers)
    client.get(STATS, {"tz": "Asia/Seoul"}, headers=headers)

    with django_assert_max_num_queries(1):  # who is asking
        assert client.get(STATS, headers=headers).content == first.content

    assert {key for key in redis.client().scan_iter("admin:stats:*") if not key.endswith(b":last")} == {
        b"admin:stats:cache:v1",
        b"admin:stats:cache:v1:Asia/Seoul",
    }


@pytest.mark.parametrize("zone", ["", "Mars", "../etc/passwd", "UTC+9", "asia/seoul", "\x00"])
def test_a_time_zone_that_is_none_is_refused(client, zone):
    answer = client.get(STATS, {"tz": zone}, headers=factories.bearer(factories.operator()))

    assert (answer.status_code, answer.json()["error"]) == (400, "validation_error")


def test_answers_and_computations_are_measured(client, unhurried):
    client.get(GLOBAL)
    client.get(GLOBAL)

    exported = client.get("/metrics").content.decode()

    assert 'shared_answers_total{answer="metrics_global",source="computed"}' in exported
    assert 'shared_answers_total{answer="metrics_global",source="fresh"}' in exported
    assert 'shared_computation_seconds_count{answer="metrics_global"}' in exported


@pytest.mark.parametrize("path", ["/", "/games"])
def test_the_strip_stands_on_home_and_in_the_lobby_for_everybody(client, path):
    event(start_date=clock.now() - timedelta(days=1), end_date=clock.now() + timedelta(days=1))

    for browser in (client, factories.browser(factories.player())):
        page = browser.get(path).content.decode()
        assert 'data-live-figure="active_events_count">1<' in page
        assert "지금 클럽은" in page


def test_the_bytes_in_redis_are_the_answer(client, unhurried):
    body = client.get(GLOBAL).content

    assert redis.client().get("metrics:global:v1") == body
    assert set(json.loads(body)) == {
        "online_users",
        "spins_last_hour",
        "big_wins_last_hour",
        "total_plays_today",
        "active_events_count",
        "generated_at",
    }
