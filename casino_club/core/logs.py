"""Logs: readable lines in development, one JSON object a line in production; each with its request id.

A task's lines carry its name, its id, and the id of the request that asked for it. No secret and no personal data is told.
"""

import re

import structlog

# What others' errors would tell of rows and addresses: PostgreSQL's details quote values, a reset's address is its secret.
WITHHELD = (
    (re.compile(r"((?:DETAIL|CONTEXT):).*"), r"\1 (withheld)"),
    (re.compile(r"(/password/reset/)[^\s/\"'?#]+"), r"\1(withheld)"),
)


def withhold(_logger, _method: str, line: dict) -> dict:
    """The line without what only the rows themselves may say."""
    for name, value in line.items():
        if isinstance(value, str):
            for pattern, left in WITHHELD:
                value = pattern.sub(left, value)
            line[name] = value
    return line


SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def logging_config(*, as_json: bool, level: str) -> dict:
    """Django's LOGGING, with structlog rendering the standard library's records and its own alike."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    if as_json:
        rendered = structlog.processors.JSONRenderer(ensure_ascii=False)
        last = [structlog.processors.format_exc_info, withhold, rendered]
    else:
        # Plain traces: the richer ones print local variables, passwords among them.
        plain = structlog.dev.plain_traceback
        last = [withhold, structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, exception_formatter=plain)]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
        },
    }


def send_request_id(*, headers: dict, **_ignored) -> None:
    """A task takes along the id of the request that asked for it (Celery's `before_task_publish`)."""
    if request_id := structlog.contextvars.get_contextvars().get("request_id"):
        headers["request_id"] = request_id


def bind_task(*, task_id: str, task, **_ignored) -> None:
    """Every line of a task says which it is, and whose (Celery's `task_prerun`)."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id)
    if request_id := getattr(task.request, "request_id", None):
        structlog.contextvars.bind_contextvars(request_id=request_id)
