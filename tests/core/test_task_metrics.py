"""Tasks are counted by how they ended, each run once, and timed; their own port tells it to who may know."""

import urllib.error
import urllib.request

import pytest
from celery import shared_task
from prometheus_client import REGISTRY

from casino_club.celery import app
from casino_club.core import metrics_port, task_metrics
from casino_club.local.ports import LOOPBACK, free_port

app.finalize()


@shared_task(name="tests.metered")
def metered(wish: str) -> None:
    if wish == "fail":
        raise ValueError(wish)


def ended(result: str) -> float:
    return REGISTRY.get_sample_value("celery_tasks_total", {"task": "tests.metered", "result": result}) or 0


def timed() -> float:
    return REGISTRY.get_sample_value("celery_task_seconds_count", {"task": "tests.metered"}) or 0


@pytest.mark.parametrize(("wish", "more"), [("work", (1, 0)), ("fail", (0, 1))])
def test_a_run_is_counted_by_how_it_ended_and_timed(wish, more):
    successes, failures, timings = ended("success"), ended("failure"), timed()

    metered.apply([wish])

    assert (ended("success") - successes, ended("failure") - failures) == more
    assert timed() == timings + 1
    assert task_metrics._began == {}


def test_a_task_that_never_failed_says_so():
    task_metrics.expect(["tests.nightly"])

    assert REGISTRY.get_sample_value("celery_tasks_total", {"task": "tests.nightly", "result": "failure"}) == 0


@pytest.fixture
def door(settings):
    server = metrics_port.serve(free_port())
    yield f"http://{LOOPBACK}:{server.server_port}"
    server.shutdown()
    server.server_close()


def ask(address: str, **headers) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read()


def test_the_port_of_a_process_without_pages_tells_what_the_web_tells(door, settings):
    settings.METRICS_NETWORKS, settings.METRICS_TOKEN = ["127.0.0.0/8"], ""
    task_metrics.expect(["tests.nightly"])

    status, body = ask(f"{door}/metrics")

    assert status == 200
    assert b'celery_tasks_total{result="failure",task="tests.nightly"} 0.0' in body
    assert ask(f"{door}/")[0] == 404


def test_the_port_is_guarded_and_one_process_of_a_node_serves_it(door, settings):
    settings.METRICS_NETWORKS, settings.METRICS_TOKEN = ["10.0.0.0/8"], "the-token"

    assert ask(f"{door}/metrics")[0] == 403
    assert ask(f"{door}/metrics", **{"X-Forwarded-For": "10.0.0.1"})[0] == 403
    assert ask(f"{door}/metrics", Authorization="Bearer the-token")[0] == 200
    assert metrics_port.serve(int(door.rpartition(":")[2])) is None
