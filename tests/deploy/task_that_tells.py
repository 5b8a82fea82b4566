"""The product's Celery application with one more task, which says a line: `celery --app=tests.deploy.task_that_tells`."""

import structlog

from casino_club.celery import app

log = structlog.get_logger(__name__)


@app.task(name="tests.tell")
def tell() -> None:
    log.warning("told")
