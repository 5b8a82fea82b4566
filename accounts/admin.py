"""The operators' pages of the app, gathered from its features for Django."""

from accounts.inbox.admin import NotificationAdmin, OperatorMessageAdmin
from accounts.invites.admin import InviteCodeAdmin
from accounts.sessions.admin import AuthSessionAdmin
from accounts.telemetry.admin import DailyVisitsAdmin, TelemetryEventAdmin
from accounts.twofactor.admin import SecondFactorAdmin

__all__ = [
    "AuthSessionAdmin",
    "DailyVisitsAdmin",
    "InviteCodeAdmin",
    "NotificationAdmin",
    "OperatorMessageAdmin",
    "SecondFactorAdmin",
    "TelemetryEventAdmin",
]
