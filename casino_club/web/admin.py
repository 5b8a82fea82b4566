"""The operators' pages that belong to no single app."""

from django.contrib import admin
from django.contrib.auth.models import Group

from casino_club.web.alerts.admin import AlertAdmin
from casino_club.web.audit.admin import AuditTrailAdmin
from casino_club.web.users.admin import UserAdmin

__all__ = ["AlertAdmin", "AuditTrailAdmin", "UserAdmin"]

# Roles are reviewed code (`core.roles`, each app's `role_permissions`): a group edited by hand would be set back.
admin.site.unregister(Group)
