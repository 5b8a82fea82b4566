"""The doors for machines: they read only, and ask no more than they must."""

import threading

import pytest
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

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


def test_a_request_is_counted_by_status_view_and_feature(client):
    client.get("/login")
    client.get("/nothing/here")
    client.get("/admin/")

    told = client.get("/metrics").content.decode()

    for line in (
        'http_responses_total{status="404"}',
        'http_view_responses_total{kind="2xx",view="login"}',
        'http_view_responses_total{kind="4xx",view="none"}',
        'http_view_responses_total{kind="3xx",view="admin"}',
        'http_feature_seconds_count{feature="casino_club.web.signin"}',
        'http_feature_seconds_count{feature="none"}',
        "http_request_seconds_count",
    ):
        assert line in told
