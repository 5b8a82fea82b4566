"""Signed access tokens, worth only as much as the session they name; random refresh tokens, kept as hashes."""

import hashlib
import secrets
import uuid
from datetime import datetime

from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError

_KIND = "access"
_backend = TokenBackend("HS256", settings.JWT_SECRET_KEY)


def access_token(*, session_id: uuid.UUID, user_id: int, now: datetime) -> str:
    """A JWT (HS256) for one session, good for `ACCESS_TOKEN_LIFETIME`. It says who, never what they may do."""
    return _backend.encode(
        {
            "token_type": _KIND,
            "sub": str(user_id),
            "sid": str(session_id),
            "iat": int(now.timestamp()),
            "exp": int((now + settings.ACCESS_TOKEN_LIFETIME).timestamp()),
            "jti": uuid.uuid4().hex,
        }
    )


def session_id_in(token: str) -> uuid.UUID | None:
    """The session that a sound, unexpired access token names, or None."""
    try:
        claims = _backend.decode(token)
    except TokenBackendError:
        return None
    if claims.get("token_type") != _KIND or "exp" not in claims:
        return None
    return as_session_id(claims.get("sid"))


def as_session_id(text: object) -> uuid.UUID | None:
    """The session id that the text spells, or None."""
    try:
        return uuid.UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


def new_refresh_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def refresh_token_hash(token: str) -> str:
    """What is kept of a refresh token: enough to recognise it, nothing to use it with."""
    return hashlib.sha256(token.encode()).hexdigest()
