"""Who calls the API: the bearer of an access token, or a browser with its cookie and CSRF token.

A view that stays open while a password has to be changed, or a second factor proved, says so:
`open_while_password_change_required = True`, `open_while_second_factor_due = True`.
"""

from urllib.parse import urlsplit

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.request import Request

from accounts.sessions.models import AuthSession
from accounts.sessions.selectors import live_session
from accounts.sessions.services import TokenInvalid, note_seen
from accounts.sessions.tokens import session_id_in
from accounts.signin import cookies
from accounts.signin.services import PasswordChangeRequired
from accounts.twofactor.services import OtpRequired
from accounts.users.models import User
from casino_club.core import clock
from casino_club.core.errors import PermissionDenied


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`; `request.auth` is the AuthSession. One SQL statement."""

    def authenticate(self, request: Request) -> tuple[User, AuthSession] | None:
        scheme, _, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        session = _session_behind(token)
        _refuse_until_in_order(session, request)
        return session.user, session

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class CookieAuthentication(SessionAuthentication):
    """The pages' session cookie, with the CSRF token on whatever is not a read; `request.auth` is the AuthSession."""

    def authenticate(self, request: Request) -> tuple[User, AuthSession] | None:
        session = cookies.session_of(request._request)
        if session is None:
            return None
        self.enforce_csrf(request)
        _refuse_until_in_order(session, request)
        return session.user, session


class BeaconAuthentication(CookieAuthentication):
    """The cookie alone, for what a leaving page sends: `sendBeacon` carries no CSRF token.

    Browsers name the origin of every post, and this one must be ours; for doors that move nothing of a player's.
    """

    def enforce_csrf(self, request: Request) -> None:
        origin = urlsplit(request.headers.get("Origin", ""))
        if origin.netloc != request.get_host():
            raise PermissionDenied


def _session_behind(token: bytes) -> AuthSession:
    session_id = session_id_in(token.decode("latin-1").strip())
    now = clock.now()
    session = live_session(session_id, now=now) if session_id else None
    if session is None:
        raise TokenInvalid
    note_seen(session, now=now)
    return session


def _refuse_until_in_order(session: AuthSession, request: Request) -> None:
    view = request.parser_context.get("view")
    if session.owes_second_factor and not getattr(view, "open_while_second_factor_due", False):
        raise OtpRequired
    if session.user.must_change_password and not getattr(view, "open_while_password_change_required", False):
        raise PasswordChangeRequired


class BearerScheme(OpenApiAuthenticationExtension):
    """How the API's description names the access token."""

    target_class = TokenAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class CookieScheme(OpenApiAuthenticationExtension):
    """How the API's description names the session cookie."""

    target_class = CookieAuthentication
    name = "cookie"

    def get_security_definition(self, auto_schema):
        return {"type": "apiKey", "in": "cookie", "name": "session", "description": "With the CSRF token on writes."}


class BeaconScheme(OpenApiAuthenticationExtension):
    """How the API's description names the cookie of a page that is being left."""

    target_class = BeaconAuthentication
    name = "cookie_of_a_leaving_page"

    def get_security_definition(self, auto_schema):
        return {"type": "apiKey", "in": "cookie", "name": "session", "description": "From our own origin only."}
