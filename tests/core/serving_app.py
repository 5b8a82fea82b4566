"""A small WSGI application and a stream behind the product's dispatcher, for granian to serve."""

import asyncio
import json
import os
import threading
from pathlib import Path

import django
from django.conf import settings
from django.urls import path

settings.configure(USE_I18N=False)
django.setup()

from casino_club.core import serving, sse  # noqa: E402 - the settings come first

serving.BODY_LIMIT = 100_000
serving.BODY_SECONDS = 3
meeting = threading.Barrier(2, timeout=10)


def wsgi(environ, start_response):
    if environ["PATH_INFO"] == "/long":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return (b"x" * 40_000 for _ in range(10))
    if environ["PATH_INFO"] == "/meeting":
        meeting.wait()  # raises unless two requests are here at once
    seen = {name: value for name, value in environ.items() if isinstance(value, str)}
    body = json.dumps({"environ": seen, "body": environ["wsgi.input"].read().decode()}).encode()
    start_response("201 Created", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


async def ticks(scope, receive, send, room):
    async def events():
        try:
            yield sse.Event("hello", {"room": room, "after": sse.last_event_id(scope)}, id="1")
            await asyncio.sleep(600)
        finally:
            Path(os.environ["CLOSED_STREAMS"]).write_text("closed")

    await sse.stream(receive, send, events(), heartbeat_seconds=0.1)


application = serving.Dispatcher(wsgi, [path("streams/<int:room>", ticks)], threads=2)
