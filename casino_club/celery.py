"""The Celery application: the worker and beat of the house, and the queue that web processes send to."""

import os

from celery import Celery
from celery.signals import (
    after_task_publish,
    beat_init,
    before_task_publish,
    setup_logging,
    task_postrun,
    task_prerun,
    worker_init,
)
from django.conf import settings

from casino_club.core import checks, logs, metrics_port, task_metrics

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casino_club.settings")

app = Celery("casino_club")
app.set_default()  # also for threads that this module was not imported in: those of the web send tasks too
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
before_task_publish.connect(logs.send_request_id)
task_prerun.connect(logs.bind_task)
after_task_publish.connect(task_metrics.sent)
task_prerun.connect(task_metrics.begun)
task_postrun.connect(task_metrics.ended)


@setup_logging.connect
def _leave_logging_to_django(**_ignored) -> None:
    """Django's LOGGING is the one configuration; Celery must not lay its own over it."""


@worker_init.connect
@beat_init.connect
def _start(**_ignored) -> None:
    checks.refuse_unsafe_start()
    if settings.METRICS_PORT:
        metrics_port.serve(settings.METRICS_PORT)


@worker_init.connect
def _expect_tasks(**_ignored) -> None:
    app.loader.import_default_modules()
    task_metrics.expect(name for name in app.tasks if not name.startswith("celery."))
