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
