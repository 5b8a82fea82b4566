"""Operators' roles: groups made by migration. Each app says in its AppConfig what a role may do there.

viewer sees; support helps players; economy runs events, shop and grants; security watches access, fraud and audit.
A superuser has every role.
"""

from django.apps import apps
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

LABELS = {
    "viewer": _("Viewer: sees everything"),
    "support": _("Support: helps players"),
    "economy": _("Economy: runs events, shop and grants"),
    "security": _("Security: watches access, fraud and audit"),
}
ROLES = tuple(LABELS)


def has(user, name: str) -> bool:
    """Whether an active operator holds the role; every operator holds `viewer`."""
    if not (user.is_active and user.is_staff):
        return False
    if user.is_superuser or name == "viewer":
        return True
    if not hasattr(user, "_role_names"):
        user._role_names = set(user.groups.values_list("name", flat=True))
    return name in user._role_names


def sync() -> None:
    """Give each role's group exactly the permissions that the apps name (`role_permissions`); every role may view."""
    ours = [config for config in apps.get_app_configs() if hasattr(config, "role_permissions")]
    every_view = Q(content_type__app_label__in=[config.label for config in ours], codename__startswith="view_")
    groups, permissions = apps.get_model("auth.Group").objects, apps.get_model("auth.Permission").objects
    for name in ROLES:
        wanted = every_view
        for config in ours:
            codenames = config.role_permissions.get(name, ())
            wanted |= Q(content_type__app_label=config.label, codename__in=codenames)
        group, _made = groups.get_or_create(name=name)
        group.permissions.set(permissions.filter(wanted))
