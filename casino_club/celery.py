"""The Celery application: the worker and beat of the house."""

import os

from celery import Celery
from celery.signals import beat_init, before_task_publish, setup_logging, task_prerun, worker_init

from casino_club.core import checks, logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casino_club.settings")

app = Celery("casino_club")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
before_task_publish.connect(logs.send_request_id)
task_prerun.connect(logs.bind_task)


@setup_logging.connect
def _leave_logging_to_django(**_ignored) -> None:
    """Django's LOGGING is the one configuration; Celery must not lay its own over it."""


@worker_init.connect
@beat_init.connect
def _refuse_unsafe_start(**_ignored) -> None:
    checks.refuse_unsafe_start()
