"""The doors for machines: they read only, and ask no more than they must."""

import threading
from datetime import timedelta

import pytest
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from casino_club.core import clock, heartbeat
from casino_club.core.models import Alert
from casino_club.web import ops

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch):
    monkeypatch.setattr(ops, "_migrated", threading.Event())


def test_migrations_are_looked_at_until_they_are_there_and_then_never_again(client, monkeypatch):
    plans = [["one"], []]
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: plans.pop(0))

    answers = [client.get("/ready") for _ in range(3)]

    assert [answer.json()["migrations"] for answer in answers] == ["pending", "ok", "ok"]
    assert [answer.status_code for answer in answers] == [503, 200, 200]
    assert plans == []


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_writing_to_a_door_for_machines_is_not_a_thing(path, method):
    answer = Client(enforce_csrf_checks=True).generic(method, path)

    assert (answer.status_code, answer["Allow"]) == (405, "GET")


def test_the_admin_is_found_without_its_slash(client):
    answer = client.get("/admin")

    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


@pytest.mark.parametrize(
    ("networks", "given", "status"),
    [
        ([], {}, 403),
        ([], {"Authorization": "Bearer the-token"}, 200),
        ([], {"Authorization": "Bearer another"}, 403),
        ([], {"Authorization": "Bearer "}, 403),
        (["10.0.0.0/8"], {}, 403),
        (["10.0.0.0/8"], {"X-Forwarded-For": "10.0.0.1"}, 403),
        (["127.0.0.0/8"], {}, 200),
    ],
)
def test_metrics_are_for_a_network_or_a_token(client, settings, networks, given, status):
    settings.METRICS_NETWORKS, settings.METRICS_TOKEN = networks, "the-token"

    assert client.get("/metrics", headers=given).status_code == status


def test_without_a_token_an_empty_bearer_opens_nothing(client, settings):
    settings.METRICS_NETWORKS, settings.METRICS_TOKEN = [], ""

    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 403


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics"])
def test_a_node_is_asked_by_its_address(client, path):
    assert client.get(path, headers={"Host": "10.0.0.11:8000"}).status_code == 200
    assert client.get("/login", headers={"Host": "10.0.0.11:8000"}).status_code == 400


def test_who_asks_for_metrics_watches_the_worker(client):
    assert "\nworker_heartbeat_age_seconds" not in told(client), "nobody ever beat"
    heartbeat.beat(now=clock.now() - timedelta(hours=1))

    assert 3600 <= float(value(told(client), "worker_heartbeat_age_seconds")) < 4000
    alert = Alert.objects.get(rule="worker_heartbeat", resolved_at=None)
    heartbeat.beat(now=clock.now())
    assert float(value(told(client), "worker_heartbeat_age_seconds")) < 60
    alert.refresh_from_db()
    assert alert.resolved_at is not None


def test_metrics_answer_without_a_database_and_say_nothing_of_the_house(client, monkeypatch):
    heartbeat.beat(now=clock.now())
    monkeypatch.setattr(ops, "_database", lambda: "down")

    said = told(client)

    assert "http_responses_total" in said
    assert "worker_heartbeat_age_seconds" not in said
    assert "ledger_invariant_violations" not in said


def told(client) -> str:
    return client.get("/metrics").content.decode()


def value(text: str, name: str) -> str:
    (line,) = [line for line in text.splitlines() if line.startswith(f"{name} ")]
    return line.partition(" ")[2]


def test_a_request_is_counted_by_status_view_and_feature(client):
    client.get("/login")
    client.get("/nothing/here")
    client.get("/admin/")

    said = told(client)

    for line in (
        'http_responses_total{status="404"}',
        'http_view_responses_total{kind="2xx",view="login"}',
        'http_view_responses_total{kind="4xx",view="none"}',
        'http_view_responses_total{kind="3xx",view="admin"}',
        'http_feature_seconds_count{feature="casino_club.web.signin"}',
        'http_feature_seconds_count{feature="none"}',
        "http_request_seconds_count",
    ):
        assert line in said


@pytest.mark.parametrize(("path", "status"), [("/health", 200), ("/ready", 200), ("/metrics", 200), ("/login", 400)])
def test_machines_ask_a_node_by_its_address(client, settings, path, status):
    settings.ALLOWED_HOSTS = ["casino.example"]

    assert client.get(path, headers={"Host": "10.0.0.11:8000"}).status_code == status
