"""A browser's session: Django's session cookie, bound to one AuthSession."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils.functional import SimpleLazyObject

from accounts.sessions.models import AuthSession
from accounts.sessions.selectors import live_session
from accounts.sessions.services import note_seen
from accounts.sessions.tokens import as_session_id
from casino_club.core import clock

KEY = "auth_session"


def begin(request: HttpRequest, session: AuthSession) -> None:
    """Bind the browser to the session, under a new cookie and a new CSRF token: nothing set before can be kept."""
    request.session.flush()
    request.session[KEY] = str(session.pk)
    rotate_token(request)
    _remember(request, session)


def end(request: HttpRequest) -> None:
    """Forget the browser. The AuthSession itself is revoked by the service."""
    request.session.flush()
    _remember(request, None)


def session_of(request: HttpRequest) -> AuthSession | None:
    """The live session that the cookie is bound to, read once a request; one that is revoked or over is forgotten."""
    if not hasattr(request, "_auth_session"):
        request._auth_session = _find(request)
    return request._auth_session


def user_of(request: HttpRequest):
    """The signed-in user, or an anonymous one."""
    session = session_of(request)
    return session.user if session else AnonymousUser()


def _find(request: HttpRequest) -> AuthSession | None:
    session_id = as_session_id(request.session.get(KEY))
    if session_id is None:
        return None
    now = clock.now()
    session = live_session(session_id, now=now)
    if session is not None:
        note_seen(session, now=now)
    return session


def _remember(request: HttpRequest, session: AuthSession | None) -> None:
    request._auth_session = session
    request.user = SimpleLazyObject(lambda: user_of(request))
