"""Waiting for rounds to end, for any number of streams at the cost of one short query a second and a timer each."""

import asyncio
from collections import defaultdict
from collections.abc import Callable

import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections

from games.crash import selectors

log = structlog.get_logger(__name__)
ASK_EVERY_SECONDS = 1.0


class Watch:
    """The rounds that streams of this process wait for.

    A round's end by itself is timed here, on the event loop; that it was cashed out, perhaps by another process, is
    read from the database, once a second for all of them.
    """

    def __init__(self):
        self._waiting: dict[int, set[asyncio.Future]] = defaultdict(set)
        self._asking: asyncio.Task | None = None

    async def end_of(self, game_id: int) -> None:
        """Returns once the round is over, settled or not."""
        left = await _read(selectors.seconds_left, game_id)
        if left is None:
            return
        settled = asyncio.get_running_loop().create_future()
        self._waiting[game_id].add(settled)
        if self._asking is None:
            self._asking = asyncio.ensure_future(self._ask())
        try:
            await asyncio.wait([settled], timeout=left)
        finally:
            settled.cancel()
            self._waiting[game_id].discard(settled)
            if not self._waiting[game_id]:
                del self._waiting[game_id]

    async def _ask(self) -> None:
        """While anybody waits: tell those whose round has been settled."""
        try:
            while self._waiting:
                await asyncio.sleep(ASK_EVERY_SECONDS)
                try:
                    settled = await _read(selectors.settled_of, list(self._waiting))
                except DatabaseError as error:
                    log.warning("crash_watch_unavailable", error=type(error).__name__)
                    continue
                for game_id in settled:
                    for waiting in self._waiting.get(game_id, ()):
                        if not waiting.done():
                            waiting.set_result(None)
        finally:
            self._asking = None


async def _read(read: Callable, *arguments: object) -> object:
    """A short read in the one thread for such reads, whose connection is looked after as a request's would be."""

    def reading() -> object:
        close_old_connections()
        try:
            return read(*arguments)
        finally:
            close_old_connections()

    return await sync_to_async(reading)()
