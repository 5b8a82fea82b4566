"""The one port: streams are served here on the event loop, everything else by the WSGI application in a few threads.

Why so: docs/decisions/0001-serving-shape.md.
"""

from django.urls import path

from casino_club.core.serving import Dispatcher
from casino_club.wsgi import application as pages_and_api
from games.crash import stream as crash

THREADS = 8
STREAMS = [path("api/games/crash/<int:game_id>/stream", crash.flight)]
"""`path(…)` entries whose views are async functions `(scope, receive, send, **path arguments)`; see `core.sse`."""

application = Dispatcher(pages_and_api, STREAMS, threads=THREADS)
