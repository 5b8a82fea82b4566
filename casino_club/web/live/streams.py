"""The live figures as streams: to everybody when they are new, to operators with what happens meanwhile."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime

import structlog
from django.db import DatabaseError, close_old_connections
from django.http import QueryDict
from django.utils import translation
from django.utils.dateparse import parse_datetime

from casino_club.core import clock, errors, metrics
from casino_club.core.serving import refuse
from casino_club.core.sse import Event, data_of, last_event_id, stream
from casino_club.web.live import figures, news

log = structlog.get_logger(__name__)
READ_EVERY_SECONDS = 1.0
OPERATORS_EVERY_SECONDS = 2.0
MOST_STREAMS = 2_000
"""Of one process; whoever comes later is asked to come back and polls until then."""

_open = metrics.gauge("live_streams_open", "Streams of live figures that are open.", ["stream"], mode="livesum")
_told = metrics.counter("live_events_told_total", "Events told by streams of live figures.", ["stream", "event"])
# One thread for all short reads of these streams, apart from the one that watches rounds of crash.
_thread = ThreadPoolExecutor(1, thread_name_prefix="live")
_streams = 0


async def global_figures(scope: dict, receive: Callable, send: Callable) -> None:
    """`GET /api/metrics/stream`."""
    interval = int(QueryDict(scope["query_string"]).get("interval", "5")) if await _may(scope, send) else None
    if interval is not None:
        with _counted("metrics"):
            await stream(receive, send, _figures(last_event_id(scope), interval))


async def operators_figures(scope: dict, receive: Callable, send: Callable) -> None:
    """`GET /api/admin/stream`. Asked again with every event: who lost the right to it hears nothing more."""
    if await _may(scope, send):
        with _counted("admin"):
            await stream(receive, send, _happenings(scope["ask"], last_event_id(scope)))


async def _figures(last_id: str, interval: float) -> AsyncIterator[Event]:
    """The figures each time that they are newer than what was told last."""
    told = last_id
    while True:
        body = await _latest()
        if body is not None:
            standing = json.loads(body)
            if standing["generated_at"] != told:
                told = standing["generated_at"]
                _told.labels("metrics", "metrics").inc()
                yield Event("metrics", standing, id=told)
        await asyncio.sleep(interval)


async def _happenings(ask: Callable[[], Awaitable], last_id: str) -> AsyncIterator[Event]:
    now = clock.now()
    told, follower = None, news.Follower(since=_moment(last_id) or now, now=now)
    while True:
        status, headers, body = await ask()
        if status != 200:
            return
        standing = data_of(body)
        if standing["generated_at"] != told:
            told = standing["generated_at"]
            _told.labels("admin", "stats").inc()
            yield Event("stats", standing)
        in_their_language = translation.override(dict(headers)[b"content-language"].decode())
        for item in await _quietly(in_their_language(follower.new_ones)) or ():
            _told.labels("admin", item.kind).inc()
            yield Event(item.kind, item.data, id=clock.iso(item.at))
        await asyncio.sleep(OPERATORS_EVERY_SECONDS)


class Latest:
    """What `read()` gave, at most a second ago: asked by any number of streams, it is read once."""

    def __init__(self, read: Callable[[], bytes]):
        self._read = read
        self._reading: asyncio.Future | None = None
        self._began_at = float("-inf")

    async def __call__(self) -> bytes | None:
        now = time.monotonic()
        if self._reading is None or now - self._began_at >= READ_EVERY_SECONDS:
            self._began_at = now
            self._reading = asyncio.ensure_future(_quietly(self._read))
        return await asyncio.shield(self._reading)


_latest = Latest(lambda: figures.current(now=clock.now()))


async def _quietly(read: Callable[[], object]) -> object | None:
    """What a short read in the thread gave; None while the database is away, for a stream outlives that."""

    def reading() -> object | None:
        close_old_connections()
        try:
            return read()
        except DatabaseError as error:
            log.warning("live_figures_unavailable", error=type(error).__name__)
            return None
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_thread, reading)


async def _may(scope: dict, send: Callable) -> bool:
    """Whether the stream may be opened, as the view of its address says; if not, that is answered."""
    if _streams >= MOST_STREAMS:
        await refuse(send, errors.Busy(retry_after=30))
        return False
    status, headers, body = await scope["ask"]()
    if status != 200:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})
    return status == 200


@contextmanager
def _counted(name: str):
    global _streams
    _streams += 1
    _open.labels(name).inc()
    try:
        yield
    finally:
        _streams -= 1
        _open.labels(name).dec()


def _moment(text: str) -> datetime | None:
    """What a browser saw last, as far as it is a moment of ours."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
