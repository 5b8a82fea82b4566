"""The one port: streams are served here on the event loop, everything else by the WSGI application in a few threads.

Why so: docs/decisions/0001-serving-shape.md.
"""

from django.urls import path

from casino_club.core.serving import Dispatcher
from casino_club.wsgi import application as pages_and_api

# Importing the WSGI application sets Django up; the streams' modules know its rows.
# isort: split
from casino_club.web.live import streams as live
from games.crash import api as crash_api
from games.crash import stream as crash
from games.express import Express
from games.slot import api as slot_api

THREADS = 8
STREAMS = [
    path("api/games/crash/<int:game_id>/stream", crash.flight),
    path("api/metrics/stream", live.global_figures),
    path("api/admin/stream", live.operators_figures),
]
"""`path(…)` entries whose views are async functions `(scope, receive, send, **path arguments)`; see `core.sse`."""

EXPRESS = [crash_api.BET, slot_api.SPIN]
"""Routes whose ordinary requests need not go through Django's middlewares; see `games.express`."""

application = Dispatcher(Express(pages_and_api, EXPRESS), STREAMS, threads=THREADS)
