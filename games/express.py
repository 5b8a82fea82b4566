"""The express lane: an ordinary bet of an API client is answered before Django's chain of middlewares is entered.

Only what is sure to succeed is answered here: a well-formed request of a live session, within its rates, that no rule
refuses. Everything else goes to Django as it came, with nothing changed, and is refused, redirected or logged there; so
there is one place that says no. The headers of an answer are those that Django gave the first one of its kind.
See docs/decisions/0010-an-express-lane-for-bets.md.
"""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from django.utils import translation

from accounts.sessions import services as sessions
from accounts.sessions.tokens import session_id_in
from casino_club.core import clock, idempotency, presence, ratelimit, request_metrics, wire
from casino_club.core.api import COUNTED, ApiView, player_rate
from casino_club.core.errors import DomainError
from casino_club.core.idempotency import Stored
from casino_club.core.middleware import identify
from casino_club.core.shapes import Shape
from economy.streaks.rules import Action
from games.rounds import selectors as tables

log = structlog.get_logger(__name__)
BEARER = "Bearer "
ANSWERED_ANEW = frozenset({"x-request-id", "content-length", "idempotency-hit", "set-cookie"})


@dataclass(frozen=True)
class Door:
    """A route of the lane: its view, what the view reads, and what the view does: `play(asked, act, now=, table=)`."""

    path: str
    name: str
    view: type[ApiView]
    shape: type[Shape]
    attendance: Action
    play: Callable[..., Stored]


class Express:
    """The WSGI application in front of Django's."""

    def __init__(self, application: Callable, doors: Iterable[Door]):
        self._application = application
        self._doors = {door.path: door for door in doors}
        self._headers: dict[tuple, list[tuple[str, str]]] = {}

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        door = self._doors.get(environ["PATH_INFO"])
        if door is None or not _is_plain(environ):
            return self._application(environ, start_response)
        started = perf_counter()
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = io.BytesIO(body)
        request = WSGIRequest(environ)
        identify(request)
        environ["HTTP_X_REQUEST_ID"] = request.request_id
        try:
            request.get_host()
        except DisallowedHost:
            return self._application(environ, start_response)
        language = translation.get_language_from_request(request)
        kind = (door.path, request.is_secure(), language)
        headers = self._headers.get(kind)
        if headers is None:
            return self._application(environ, self._learning(kind, start_response))
        translation.activate(language)
        stored = self._answer(door, request, body)
        if stored is None:
            return self._application(environ, start_response)
        own = [("X-Request-ID", request.request_id), ("Content-Length", str(len(stored.body)))]
        if stored.hit:
            own.append(("Idempotency-Hit", "true"))
        start_response("200 OK", headers + own)
        request_metrics.count(
            view=door.name,
            feature=request_metrics.feature_of(door.view),
            status=200,
            seconds=perf_counter() - started,
        )
        return [stored.body]

    def _learning(self, kind: tuple, start_response: Callable) -> Callable:
        """`start_response` that remembers the headers of a success."""

        def start(status: str, headers: list[tuple[str, str]], *failure: tuple) -> Callable:
            if status.startswith("200 "):
                self._headers[kind] = [each for each in headers if each[0].lower() not in ANSWERED_ANEW]
            return start_response(status, headers, *failure)

        return start

    def _answer(self, door: Door, request: WSGIRequest, body: bytes) -> Stored | None:
        """What the caller gets; None when it is Django's to say. Then at most a request was counted."""
        now = clock.now()
        session_id = session_id_in(request.META["HTTP_AUTHORIZATION"][len(BEARER) :])
        if session_id is None:
            return None
        try:
            asked = wire.read(body)
            values = door.shape.read(asked)
            key = request.META.get("HTTP_IDEMPOTENCY_KEY")
            idempotency.check_key(key)
            found = tables.table_of_session(session_id, action=door.attendance, key=key, now=now)
            if found is None or found[0].must_change_password or found[0].is_operators:
                return None
            session, table = found
            sessions.touch(session, now=now)
            act = idempotency.act_of(
                actor_id=session.user_id, key=key, method=request.method, path=request.path, body=asked
            )
            self._count(door, request, session.user_id, now)
            return door.play(values, act, now=now, table=table)
        except DomainError:
            return None
        except Exception as error:  # noqa: BLE001 - Django meets it again, on a sound connection, and answers for it
            log.warning("express_lane_left", error=type(error).__name__)
            return None

    def _count(self, door: Door, request: WSGIRequest, user_id: int, now: datetime) -> None:
        """Count the request under its rates, whoever answers it, and note in the same round trip that its player is
        online. Raises RateLimited; Django, which then says so, counts such a request once more."""
        rates = [player_rate(), *door.view.own_rates()]
        ratelimit.hit_all(rates, user_id, beside=presence.marking_of(user_id, now=now))
        request.META[COUNTED] = True


def _is_plain(environ: dict) -> bool:
    """Whether it is a request as API clients send it."""
    return (
        environ["REQUEST_METHOD"] == "POST"
        and environ.get("HTTP_AUTHORIZATION", "").startswith(BEARER)
        and environ.get("CONTENT_TYPE") == "application/json"
        and environ.get("HTTP_ACCEPT", "*/*") in ("*/*", "application/json")
        and environ.get("CONTENT_LENGTH", "").isdigit()
        and int(environ["CONTENT_LENGTH"]) <= settings.API_MAX_BODY_BYTES
        and not environ["QUERY_STRING"]
        and not environ["SCRIPT_NAME"]
    )
