"""The operators' pages that compose several apps, gathered for Django."""

from casino_club.web.users.admin import UserAdmin

__all__ = ["UserAdmin"]
