"""One ASGI entry: streams on the event loop, every other request by the WSGI application in a few threads.

Unlike Django's own ASGI handler this keeps a request in one thread from its first line to its last, at nearly the speed
of a WSGI server, while an open stream costs neither a thread nor a database connection. See
docs/decisions/0001-serving-shape.md.
"""

import asyncio
import io
import json
import sys
import uuid
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from django.urls import Resolver404, URLPattern
from django.urls.resolvers import RegexPattern, URLResolver
from django.utils.translation import gettext_lazy as _

from casino_club.core.errors import DomainError, PayloadTooLarge

Scope = dict
Receive = Callable[[], Awaitable[dict]]
Send = Callable[[dict], Awaitable[None]]

BODY_LIMIT = 8 * 1024 * 1024
"""Bytes of a request's body; each form and API route has a much lower limit of its own."""
BODY_SECONDS = 30
"""Time that a client has for sending its body."""
WHOLE_RESPONSE = 64 * 1024
"""Bytes of a response that are gathered before anything is sent."""


class BodyTooSlow(DomainError):
    code = "request_timeout"
    status = 408
    message = _("The request took too long to arrive.")


class Dispatcher:
    """The ASGI application: `streams` are `path(…)` entries with async views `(scope, receive, send, **arguments)`.

    `await scope["ask"]()` gives a view what the WSGI application answers to the same request: (status, headers, body).
    A stream whose address is one of the API's too learns so who is asking, what they may see, and how to refuse them.
    """

    def __init__(self, wsgi: Callable, streams: list[URLPattern], *, threads: int):
        self._requests = WsgiThreads(wsgi, threads=threads)
        self._streams = URLResolver(RegexPattern(r"^/"), streams) if streams else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await (self._stream_for(scope) or self._requests)(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _live(receive, send)

    def _stream_for(self, scope: Scope) -> Callable | None:
        if self._streams is None or scope["method"] != "GET":
            return None
        try:
            match = self._streams.resolve(scope["path"])
        except Resolver404:
            return None

        async def stream(scope: Scope, receive: Receive, send: Send) -> None:
            asking = {**scope, "ask": lambda: self._requests.answer(scope)}
            await match.func(asking, receive, send, **match.kwargs)

        return stream


class WsgiThreads:
    """Runs a WSGI application in a fixed number of threads.

    A thread is taken only once the whole body is there, so clients that send slowly hold none.
    """

    def __init__(self, application: Callable, *, threads: int):
        self._application = application
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _body(receive)
        except TimeoutError:
            return await refuse(send, BodyTooSlow())
        if body is None:
            return None
        if len(body) > BODY_LIMIT:
            return await refuse(send, PayloadTooLarge())
        loop = asyncio.get_running_loop()

        async def sending(message: dict) -> None:
            await send(message)  # the server's `send` may return any awaitable, not only a coroutine

        def send_and_wait(message: dict) -> None:
            asyncio.run_coroutine_threadsafe(sending(message), loop).result()

        status, headers, chunk = await loop.run_in_executor(
            self._pool, self._respond, environ_of(scope, body), send_and_wait
        )
        if status:
            await send({"type": "http.response.start", "status": status, "headers": headers})
        return await send({"type": "http.response.body", "body": chunk, "more_body": False})

    async def answer(self, scope: Scope) -> tuple[int, list, bytes]:
        """The application's whole answer to a request without a body, sent to nobody."""
        sent: list[dict] = []
        loop = asyncio.get_running_loop()
        status, headers, chunk = await loop.run_in_executor(
            self._pool, self._respond, environ_of(scope, b""), sent.append
        )
        if sent:
            status, headers = sent[0]["status"], sent[0]["headers"]
        return status, headers, b"".join(message.get("body", b"") for message in sent) + chunk

    def _respond(self, environ: dict, send: Callable[[dict], None]) -> tuple[int, list, bytes]:
        """In a thread: answer, and return what is still to be sent. Most answers are sent whole; of a longer one all
        but the end has gone by then, at the client's speed."""
        started: list = []

        def start_response(status: str, headers: list, exc_info=None) -> None:
            started[:] = (
                int(status[:3]),
                [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
            )

        chunks: Iterable[bytes] = self._application(environ, start_response)
        try:
            pending = bytearray()
            for chunk in chunks:
                pending += chunk
                if len(pending) >= WHOLE_RESPONSE:
                    if started[0]:
                        send({"type": "http.response.start", "status": started[0], "headers": started[1]})
                        started[0] = 0
                    send({"type": "http.response.body", "body": bytes(pending), "more_body": True})
                    pending.clear()
            return started[0], started[1], bytes(pending)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()


def environ_of(scope: Scope, body: bytes) -> dict:
    """The WSGI environment of a request. HEAD is asked as GET, and the server keeps the body to itself: no view needs to
    know of it. Header names with an underscore are dropped: written with one, a stranger's `X_Forwarded_For` would read
    like the proxy's own."""
    environ = {
        "REQUEST_METHOD": "GET" if scope["method"] == "HEAD" else scope["method"],
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": (scope.get("server") or ("localhost", 80))[0],
        "SERVER_PORT": str((scope.get("server") or ("localhost", 80))[1]),
        "REMOTE_ADDR": (scope.get("client") or ("", 0))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:
            continue
        name, value = raw_name.decode("latin-1").upper().replace("-", "_"), raw_value.decode("latin-1")
        if name not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            name = f"HTTP_{name}"
            if name in environ:
                value = f"{environ[name]}{'; ' if name == 'HTTP_COOKIE' else ','}{value}"
        environ[name] = value
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ


async def _body(receive: Receive) -> bytes | None:
    """The whole body, or a little more than the limit of it; None when the client has gone."""
    message = await receive()
    body = message.get("body", b"")
    if message["type"] == "http.request" and not message.get("more_body"):
        return body
    gathered = bytearray(body)
    while message["type"] == "http.request" and message.get("more_body") and len(gathered) <= BODY_LIMIT:
        message = await receive()
        gathered += message.get("body", b"")
    return None if message["type"] == "http.disconnect" else bytes(gathered)


async def refuse(send: Send, refusal: DomainError) -> None:
    """Answer a request with the one envelope."""
    headers = [
        (b"content-type", b"application/json"),
        (b"connection", b"close"),
        (b"x-request-id", uuid.uuid4().hex.encode()),
    ]
    if refusal.retry_after is not None:
        headers.append((b"retry-after", str(refusal.retry_after).encode()))
    body = json.dumps(refusal.envelope(), ensure_ascii=False).encode()
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _live(receive: Receive, send: Send) -> None:
    while (message := await receive())["type"] != "lifespan.shutdown":
        await send({"type": f"{message['type']}.complete"})
    await send({"type": "lifespan.shutdown.complete"})
