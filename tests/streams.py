"""The other side of a stream: a client of the whole ASGI application, on an event loop of its own."""

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from asgiref.sync import sync_to_async
from django.db import connection

from casino_club.asgi import THREADS, application
from casino_club.web.live import streams as live


class Follower:
    """One client following the stream at `path`."""

    def __init__(self, path, headers=(), query=""):
        self.scope = {
            "type": "http", "method": "GET", "path": path, "query_string": query.encode(), "http_version": "1.1",
            "client": ("127.0.0.1", 5), "server": ("testserver", 80), "scheme": "http",
            "headers": [
                (b"host", b"testserver"),
                (b"accept", b"text/event-stream"),
                *((name.lower().encode(), value.encode()) for name, value in dict(headers).items()),
            ],
        }  # fmt: skip
        self.sent = []
        self.gone = asyncio.Event()

    async def receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.sent.append(message)

    def follow(self):
        return asyncio.ensure_future(application(self.scope, self.receive, self.send))

    @property
    def status(self):
        return self.sent[0]["status"]

    @property
    def wire(self):
        return b"".join(message.get("body", b"") for message in self.sent).decode()

    @property
    def events(self):
        return [(name, json.loads(data)) for name, data in re.findall(r"event: (\w+)\ndata: (.*)\n\n", self.wire)]

    @property
    def ids(self):
        return re.findall(r"^id: (.*)$", self.wire, re.MULTILINE)

    async def says(self, name, times=1):
        async with asyncio.timeout(10):
            while [event for event, _ in self.events].count(name) < times:
                await asyncio.sleep(0.005)


def run(follower_of, story):
    """Run `story(follower)` on an event loop; the connections of all threads are closed at its end."""

    async def running():
        follower = follower_of()
        try:
            return await story(follower), follower
        finally:
            every_thread = Barrier(THREADS)
            await asyncio.gather(*(in_pool(lambda: _let_go(every_thread)) for _ in range(THREADS)))
            await asyncio.get_running_loop().run_in_executor(live._thread, lambda: connection.close())
            await sync_to_async(lambda: connection.close())()

    with ThreadPoolExecutor(1) as elsewhere:  # this thread's own loop may be a browser's
        return elsewhere.submit(asyncio.run, running()).result()[1]


def in_pool(act):
    """Run `act()` in one of the threads that answer requests."""
    return asyncio.get_running_loop().run_in_executor(application._requests._pool, act)


def _let_go(every_thread):
    every_thread.wait(10)
    connection.close()
