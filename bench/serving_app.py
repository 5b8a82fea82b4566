"""A small Django project, one trivial request and one that asks PostgreSQL, in each shape that is compared."""

import asyncio
import os

import environ
from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path

from casino_club.core.serving import Dispatcher
from casino_club.core.sse import Event, stream

THREADS = 4

settings.configure(
    SECRET_KEY="bench",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    USE_TZ=True,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    DATABASES={"default": {**environ.Env().db_url_config(os.environ["DATABASE_URL"]), "CONN_MAX_AGE": None}},
)


def trivial(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def database(request: HttpRequest) -> JsonResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), max(relname) FROM pg_class WHERE relkind = %s", ["r"])
        tables, last = cursor.fetchone()
    return JsonResponse({"tables": tables, "last": last})


async def idle(scope, receive, send) -> None:
    async def events():
        yield Event("hello", {})
        await asyncio.Event().wait()

    await stream(receive, send, events())


urlpatterns = [path("trivial", trivial), path("database", database)]
wsgi = get_wsgi_application()
dispatcher = Dispatcher(wsgi, [path("idle", idle)], threads=THREADS)
a2wsgi = WSGIMiddleware(wsgi, workers=THREADS)
django_asgi = get_asgi_application()
