"""The rows of the app, gathered from its features for Django."""

from accounts.care.models import OperatorAct, OperatorNote
from accounts.inbox.models import Notification, OperatorMessage
from accounts.invites.models import InviteCode
from accounts.lockout.models import SignInAttempt
from accounts.recovery.models import ResetMail
from accounts.sessions.models import AuthSession, RefreshToken
from accounts.telemetry.models import DailyVisits, TelemetryEvent
from accounts.twofactor.models import RecoveryCode, SecondFactor
from accounts.users.models import LoginName, User, UserPermission, UserRole

__all__ = [
    "AuthSession",
    "DailyVisits",
    "InviteCode",
    "LoginName",
    "Notification",
    "OperatorAct",
    "OperatorMessage",
    "OperatorNote",
    "RecoveryCode",
    "RefreshToken",
    "ResetMail",
    "SecondFactor",
    "SignInAttempt",
    "TelemetryEvent",
    "User",
    "UserPermission",
    "UserRole",
]
