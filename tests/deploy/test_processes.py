"""Four web processes and a worker count and compute as one, and a task's lines name the request that asked for it."""

import json
import random
import string
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import structlog
from django.conf import settings

from accounts.telemetry.models import TelemetryEvent
from casino_club.celery import app as celery
from casino_club.core import redis
from casino_club.web.live import figures
from economy.reconcile.models import ReconcileReport
from tests import factories
from tests.deploy.processes import Processes
from tests.deploy.task_that_tells import tell
from tests.flows.test_every_door import OPERATIONS

pytestmark = pytest.mark.django_db(transaction=True)
GLOBAL = "/api/metrics/global"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
MOST_SERIES = 2000


@pytest.fixture
def house(tmp_path):
    processes = Processes(tmp_path)
    yield processes
    processes.stop()


def test_two_hundred_at_once_over_four_processes_are_one_computation_in_five_seconds(house):
    house.start_web(4)
    started = time.monotonic()
    with ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(lambda _: house.ask(GLOBAL), range(200)))
    elapsed = time.monotonic() - started

    assert {status for status, _body in answers} == {200}
    computed = house.counted("shared_answers_total", answer="metrics_global", source="computed")
    # A second one may begin only when the first has been fresh for five seconds.
    assert 1 <= computed <= 1 + elapsed // figures.FRESH_SECONDS
    assert len({json.loads(body)["generated_at"] for _status, body in answers}) <= computed
    assert house.counted("shared_answers_total", answer="metrics_global") == 200


def test_a_thousand_requests_and_a_thousand_events_are_counted_exactly(house):
    player = factories.bearer(factories.player())
    house.start_web(4)
    house.start_worker()

    def one(number: int) -> tuple[int, int]:
        event = [{"ts": 1_790_000_000_000 + number, "name": "events.fetch_events_success"}]
        told = house.ask("/api/telemetry/events", method="POST", body=event, headers=player)
        return house.ask(GLOBAL)[0], told[0]

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(one, range(1000))) == {(200, 200)}
    celery.send_task("accounts.flush_telemetry")
    house.wait_until(lambda: TelemetryEvent.objects.count() == 1000, "the worker wrote every event")
    house.wait_until(lambda: redis.client().zcard("telemetry:batches") == 0, "the worker finished its flush")

    assert house.counted("shared_answers_total", answer="metrics_global") == 1000
    assert house.counted("telemetry_events_total", name="events.fetch_events_success") == 1000
    assert house.counted("http_view_responses_total", view="api_telemetry", kind="2xx") == 1000


def test_a_node_with_a_worker_alone_tells_of_its_tasks(house):
    house.start_worker(metrics_port=house.port)
    house.wait_until(lambda: house.ask("/metrics")[0] == 200, "the worker tells its metrics")
    for _ in range(3):
        celery.send_task("core.heartbeat")

    house.wait_until(lambda: house.counted("celery_tasks_total", task="core.heartbeat", result="success") == 3, "done")
    assert house.counted("celery_task_seconds_count", task="core.heartbeat") == 3
    names = {sample.labels["task"] for sample in house.samples() if sample.name == "celery_tasks_total"}
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= names


def test_random_input_makes_few_series(house):
    chances = random.Random(7)
    player, operator = factories.bearer(factories.player()), factories.bearer(factories.operator(superuser=True))
    house.start_web(4)
    house.start_worker()
    tasks = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    for task in tasks:
        celery.send_task(task)

    def text(most: int = 20) -> str:
        return "".join(chances.choices(string.ascii_lowercase + string.digits, k=chances.randint(1, most)))

    doors = [found[1] for found in OPERATIONS.values() if "/stream" not in found[1]]
    asked = [(method, path, {}) for path in doors for method in METHODS]
    for _ in range(600):
        method = chances.choice([*METHODS, text(7).upper()])
        path = chances.choice(
            [f"/{text()}", f"/api/{text()}/{text()}", f"/shop?{text()}={text()}", f"/admin/{text()}/"]
        )
        asked.append((method, path, {"items": [text()]}))
    asked += [
        ("POST", "/api/telemetry/events", [{"ts": 1_790_000_000_000, "name": f"events.a{text()}"}]) for _ in range(100)
    ]
    asked += [("POST", f"/api/webhooks/{text()}", {"id": text()}) for _ in range(50)]
    asked += [("GET", f"/api/metrics/global?{text()}", None) for _ in range(50)]

    with ThreadPoolExecutor(8) as pool:
        statuses = list(
            pool.map(
                lambda one: house.ask(
                    one[1],
                    method=one[0],
                    body=one[2],
                    headers={**(operator if "/admin/" in one[1] else player), "X-Request-ID": text(40)},
                ),
                asked,
            )
        )
    assert {status for status, _body in statuses if status == 0 or status >= 500} == set()
    house.wait_until(lambda: house.counted("celery_task_seconds_count") >= len(tasks), "every task ran")
    names = [sample.name for sample in house.samples()]
    assert len(names) < MOST_SERIES


def test_a_tasks_lines_name_it_and_the_request_that_asked_for_it(house):
    house.start_worker(app="tests.deploy.task_that_tells")
    structlog.contextvars.clear_contextvars()  # what an earlier test's request left behind
    with structlog.contextvars.bound_contextvars(request_id="journey-0001"):
        asked = tell.delay()
    alone = tell.delay()

    def lines():
        return [line for line in house.told("worker") if line["event"] == "told"]

    house.wait_until(lambda: len(lines()) == 2, "the worker said its two lines")
    said = {line["task_id"]: line for line in lines()}
    assert {said[one.id]["task"] for one in (asked, alone)} == {"tests.tell"}
    assert said[asked.id]["request_id"] == "journey-0001"
    assert "request_id" not in said[alone.id]


def test_what_an_operator_asks_of_a_web_process_a_worker_does(house):
    operator = factories.browser(factories.operator(role="security"))
    operator.get("/admin/economy/reconcilereport/")
    cookies = {name: morsel.value for name, morsel in operator.cookies.items()}
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": next(value for name, value in cookies.items() if "csrf" in name),
    }
    house.start_web(1)
    house.start_worker()

    assert house.ask("/admin/economy/reconcilereport/run", method="POST", headers=headers)[0] == 200

    house.wait_until(lambda: ReconcileReport.objects.filter(scope="full").exists(), "the worker proved everything")
