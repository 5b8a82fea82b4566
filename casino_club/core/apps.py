"""The ground floor as an app: idempotency, alerts, roles, and the checks of production settings."""

from django.apps import AppConfig
from django.core import checks as django_checks
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from casino_club.core import checks, roles


def _sync_roles(sender, **_ignored) -> None:
    roles.sync()


class CoreConfig(AppConfig):
    name = "casino_club.core"
    label = "core"
    verbose_name = _("Ground floor")
    role_permissions: dict[str, tuple[str, ...]] = {
        "support": ("change_alert",),
        "economy": ("change_alert",),
        "security": ("change_alert",),
    }

    def ready(self) -> None:
        django_checks.register(checks.production_settings, "production")
        post_migrate.connect(_sync_roles, dispatch_uid="core.roles")
