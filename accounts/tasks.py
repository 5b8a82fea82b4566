"""The app's duties for beat, gathered from its features for Celery."""

from accounts.inbox.tasks import purge_notifications
from accounts.lockout.tasks import purge_sign_in_attempts
from accounts.recovery.tasks import send_password_resets
from accounts.sessions.tasks import purge_sessions
from accounts.telemetry.tasks import flush_telemetry, purge_telemetry

__all__ = [
    "flush_telemetry",
    "purge_notifications",
    "purge_sessions",
    "purge_sign_in_attempts",
    "purge_telemetry",
    "send_password_resets",
]
