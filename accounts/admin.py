"""The operators' pages of the app, gathered from its features for Django."""

from accounts.invites.admin import InviteCodeAdmin
from accounts.sessions.admin import AuthSessionAdmin

__all__ = ["AuthSessionAdmin", "InviteCodeAdmin"]
