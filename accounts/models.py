"""The rows of the app, gathered from its features for Django."""

from accounts.invites.models import InviteCode
from accounts.signin.models import AuthSession, RefreshToken, SignInAttempt
from accounts.users.models import LoginName, User

__all__ = ["AuthSession", "InviteCode", "LoginName", "RefreshToken", "SignInAttempt", "User"]
