"""Which sessions are alive, and whose."""

import uuid
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from accounts.sessions.models import AuthSession
from accounts.users.models import User

_SESSION = [field.attname for field in AuthSession._meta.concrete_fields]
_USER = [field.attname for field in User._meta.concrete_fields]
# Written out, because every request of the API begins with it and building it anew costs more than asking it.
_LIVE = f"""
SELECT {", ".join(f's."{name}"' for name in _SESSION)}, {", ".join(f'u."{name}"' for name in _USER)}
  FROM {AuthSession._meta.db_table} AS s JOIN {User._meta.db_table} AS u ON u.id = s.user_id
 WHERE s.id = %s AND s.revoked_at IS NULL AND s.expires_at > %s AND u.is_active
"""  # noqa: S608 - the models' own names


def live_session(session_id: uuid.UUID, *, now: datetime) -> AuthSession | None:
    """The session with its user, in one statement; None once it is revoked, over, or its user deactivated."""
    with connection.cursor() as cursor:
        cursor.execute(_LIVE, [session_id, now])
        row = cursor.fetchone()
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
