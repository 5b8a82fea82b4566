"""Doors for machines: /health, /ready, /metrics."""

import threading

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST
from redis.exceptions import RedisError

from casino_club.core import clock, errors, heartbeat, redis
from casino_club.core.metrics import exposition
from casino_club.core.metrics_port import may_read
from casino_club.web.errors import answer

_migrated = threading.Event()


@csrf_exempt
@require_GET
def health(request: HttpRequest) -> JsonResponse:
    """The process answers. Touches nothing."""
    return JsonResponse({"status": "ok"})


@csrf_exempt
@require_GET
def ready(request: HttpRequest) -> JsonResponse:
    """200 `ok` or `degraded` (Redis or the worker away), 503 `unavailable` (database away or not migrated)."""
    lines = {"database": _database(), "migrations": "unknown", "redis": _redis(), "worker": "unknown"}
    if lines["database"] == "ok":
        lines["migrations"] = _migrations()
    if lines["redis"] == "ok":
        lines["worker"] = "ok" if _worker(lines["migrations"]) else "silent"
    if lines["database"] != "ok" or lines["migrations"] != "ok":
        status, code = "unavailable", 503
    else:
        status, code = ("ok" if set(lines.values()) == {"ok"} else "degraded"), 200
    return JsonResponse({"status": status, **lines}, status=code)


@csrf_exempt
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format, for `METRICS_NETWORKS` or the bearer of `METRICS_TOKEN`. Who asks watches the worker."""
    if not may_read(address=request.client_ip, authorization=request.headers.get("Authorization", "")):
        return answer(request, errors.PermissionDenied())
    is_house_open = _database() == "ok"
    if is_house_open:
        _worker(_migrations())
    return HttpResponse(exposition(of_house=is_house_open), content_type=CONTENT_TYPE_LATEST)


def _database() -> str:
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "down"
    return "ok"


def _migrations() -> str:
    """Asked until the answer is yes: this code's migrations can then only be outrun, never missing."""
    if not _migrated.is_set():
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "pending"
        _migrated.set()
    return "ok"


def _worker(migrations: str) -> bool:
    """Whether a worker is alive; a long silence becomes an alert where alerts can be written."""
    now = clock.now()
    return heartbeat.watch(now=now) if migrations == "ok" else heartbeat.is_alive(now=now)


def _redis() -> str:
    try:
        redis.client().ping()
    except RedisError:
        return "down"
    return "ok"
