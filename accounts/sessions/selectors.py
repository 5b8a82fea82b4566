"""Which sessions are alive, and whose."""

import uuid
from datetime import datetime

from django.db.models import QuerySet

from accounts.sessions.models import AuthSession


def live_session(session_id: uuid.UUID, *, now: datetime) -> AuthSession | None:
    """The session with its user, in one statement; None once it is revoked, over, or its user deactivated."""
    return (
        AuthSession.objects.select_related("user")
        .filter(pk=session_id, revoked_at__isnull=True, expires_at__gt=now, user__is_active=True)
        .first()
    )


def live_sessions_of(user_id: int, *, now: datetime) -> QuerySet[AuthSession]:
    """The sessions that can still be used, the newest first."""
    return AuthSession.objects.filter(user_id=user_id, revoked_at__isnull=True, expires_at__gt=now).order_by(
        "-created_at", "-id"
    )
