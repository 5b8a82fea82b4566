"""What every task adds to the metrics: how often it was sent, how it ended and how long it took."""

from collections.abc import Iterable
from time import perf_counter

from celery import Task

from casino_club.core import metrics

_sent = metrics.counter("celery_tasks_sent_total", "Tasks sent to the queue, by beat or by a request.", ["task"])
_ended = metrics.counter(
    "celery_tasks_total", "Tasks that a worker ended, by result (success, failure, retry).", ["task", "result"]
)
_seconds = metrics.histogram("celery_task_seconds", "How long a task took.", ["task"], buckets=(0.1, 1, 10, 60, 600))
_began: dict[str, float] = {}


def expect(names: Iterable[str]) -> None:
    """Begin the counters of tasks at 0, so that the first failure of one that runs once a night is an increase."""
    for name in names:
        for result in ("success", "failure"):
            _ended.labels(name, result)


def sent(*, sender: str, **_ignored) -> None:
    """Celery's `after_task_publish`."""
    _sent.labels(sender).inc()


def begun(*, task_id: str, **_ignored) -> None:
    """Celery's `task_prerun`."""
    _began[task_id] = perf_counter()


def ended(*, task_id: str, task: Task, state: str | None, **_ignored) -> None:
    """Celery's `task_postrun`, whatever the task came to."""
    _ended.labels(task.name, (state or "unknown").lower()).inc()
    if (began := _began.pop(task_id, None)) is not None:
        _seconds.labels(task.name).observe(perf_counter() - began)
