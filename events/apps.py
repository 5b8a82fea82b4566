"""Who cares: live events, missions, the battle pass."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("Events")
    # What each operators' role may do here besides looking (`core.roles`).
    role_permissions: dict[str, tuple[str, ...]] = {
        "support": ("add_forcedclaim",),
        "economy": (
            *("add_event", "change_event", "add_requirement", "change_requirement", "delete_requirement"),
            *("add_mission", "change_mission", "add_forcedclaim"),
        ),
    }
