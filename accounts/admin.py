"""The operators' pages of the app, gathered from its features for Django."""

from accounts.invites.admin import InviteCodeAdmin
from accounts.sessions.admin import AuthSessionAdmin
from accounts.users.admin import UserAdmin

__all__ = ["AuthSessionAdmin", "InviteCodeAdmin", "UserAdmin"]
