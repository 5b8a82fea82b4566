"""Which sessions are alive, and whose."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from accounts.sessions.models import AuthSession
from accounts.users.models import User
from casino_club.core.sql import one

_FROM = f"FROM {AuthSession._meta.db_table} AS s JOIN {User._meta.db_table} AS u ON u.id = s.user_id"
_ALIVE = "s.id = %(session)s AND s.revoked_at IS NULL AND s.expires_at > %(now)s AND u.is_active"
# For statements of others: the player `id` of the live session %(session)s at %(now)s, then a LiveSession's columns.
LIVE = f"SELECT u.id, s.id AS pk, s.user_id, s.last_seen_at, u.must_change_password, u.is_staff {_FROM} WHERE {_ALIVE}"  # noqa: S608

_SESSION = [field.attname for field in AuthSession._meta.concrete_fields]
_USER = [field.attname for field in User._meta.concrete_fields]
# Written out, because every request of the API begins with it and building it anew costs more than asking it.
_LIVE_WITH_USER = f"""
SELECT {", ".join(f's."{name}"' for name in _SESSION)}, {", ".join(f'u."{name}"' for name in _USER)}
  {_FROM} WHERE {_ALIVE}
"""  # noqa: S608 - the models' own names


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that can be used, without everything that is known of its user."""

    pk: uuid.UUID
    user_id: int
    last_seen_at: datetime
    must_change_password: bool
    is_operators: bool


def live_session(session_id: uuid.UUID, *, now: datetime) -> AuthSession | None:
    """The session with its user, in one statement; None once it is revoked, over, or its user deactivated."""
    row = one(_LIVE_WITH_USER, {"session": session_id, "now": now})
    if row is None:
        return None
    session = AuthSession.from_db(connection.alias, _SESSION, row[: len(_SESSION)])
    session.user = User.from_db(connection.alias, _USER, row[len(_SESSION) :])
    return session


def live_sessions_of(user_id: int, *, now: datetime) -> QuerySet[AuthSession]:
    """The sessions that can still be used, the newest first."""
    return AuthSession.objects.filter(user_id=user_id, revoked_at__isnull=True, expires_at__gt=now).order_by(
        "-created_at", "-id"
    )
