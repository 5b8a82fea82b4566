"""The live side of a round: `placed` at once, then silence, then how it ended."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable

from casino_club.core.sse import Event, stream
from games.crash.live import Watch
from games.crash.rules import Status

_watch = Watch()


async def flight(scope: dict, receive: Callable, send: Callable, *, game_id: int) -> None:
    """`GET /api/games/crash/{game_id}/stream`. What it may say, and to whom, is what the round's own answer says."""
    status, headers, body = await scope["ask"]()
    if status != 200:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})
        return
    await stream(receive, send, _events(scope["ask"], json.loads(body), game_id))


async def _events(ask: Callable[[], Awaitable], standing: dict, game_id: int) -> AsyncIterator[Event]:
    if standing["status"] == Status.PLACED:
        yield Event("placed", standing)
    while standing["status"] == Status.PLACED:
        await _watch.end_of(game_id)
        status, _, body = await ask()  # looking at a round that is over settles it
        if status != 200:
            return
        standing = json.loads(body)
    yield Event("crashed" if standing["status"] == Status.CRASHED else "cashed_out", standing)
