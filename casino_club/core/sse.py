"""Server-sent events: an async generator of events becomes a stream that costs neither a thread nor a connection.

A stream's view reads the database, if at all, in short calls of its own (`asgiref.sync_to_async`); between two events
it holds nothing.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

HEARTBEAT_SECONDS = 15.0
HEARTBEAT = b": still here\n\n"
RETRY_MS = 3000
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `data` is sent as JSON; `id` comes back as `Last-Event-ID` when the browser reconnects."""

    name: str
    data: object
    id: str = ""

    def encoded(self) -> bytes:
        """The event on the wire; JSON keeps the data on one line. Raises ValueError if name or id hold a line break."""
        if {"\n", "\r", "\0"} & {*self.name, *self.id}:
            raise ValueError("an event's name and id are one line")
        data = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))
        return f"{f'id: {self.id}{chr(10)}' if self.id else ''}event: {self.name}\ndata: {data}\n\n".encode()


def alone(event: Event) -> bytes:
    """One event as a whole answer, where streams are not served (plain WSGI): the browser soon asks for the next."""
    return f"retry: {RETRY_MS}\n".encode() + event.encoded()


def data_of(answer: bytes) -> object:
    """What the event of such an answer says."""
    return json.loads(answer.partition(b"\ndata: ")[2])


async def stream(
    receive: Callable[[], Awaitable[dict]],
    send: Callable[[dict], Awaitable[None]],
    events: AsyncIterator[Event],
    *,
    heartbeat_seconds: float = HEARTBEAT_SECONDS,
) -> None:
    """Send events as they come and a comment whenever none came for a while, until the events end or the client goes.

    The generator is closed in every case, so what it holds in a `finally` is let go.
    """
    gone = asyncio.ensure_future(_disconnection(receive))
    upcoming: asyncio.Future | None = None
    async with aclosing(events):
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await send({"type": "http.response.body", "body": HEARTBEAT, "more_body": True})
            while True:
                upcoming = upcoming or asyncio.ensure_future(anext(events))
                done, _ = await asyncio.wait(
                    {gone, upcoming}, timeout=heartbeat_seconds, return_when=asyncio.FIRST_COMPLETED
                )
                if gone in done:
                    return
                if upcoming not in done:
                    await send({"type": "http.response.body", "body": HEARTBEAT, "more_body": True})
                    continue
                finished, upcoming = upcoming, None
                try:
                    event = finished.result()
                except StopAsyncIteration:
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
                    return
                await send({"type": "http.response.body", "body": event.encoded(), "more_body": True})
        finally:
            pending = [future for future in (gone, upcoming) if future and not future.done()]
            for future in pending:
                future.cancel()
            await asyncio.gather(*pending, return_exceptions=True)


async def _disconnection(receive: Callable[[], Awaitable[dict]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def last_event_id(scope: dict) -> str:
    """What the browser saw last before it reconnected, or an empty text. The client's word: check it."""
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"last-event-id"), "")
