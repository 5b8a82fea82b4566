"""Who it is: users, their names and passwords, invite codes, sessions."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")
    # What each operators' role may do here besides looking (`core.roles`).
    role_permissions = {
        "support": ("add_invitecode", "change_invitecode", "add_operatormessage"),
        "security": (
            "add_invitecode",
            "change_invitecode",
            "change_user",
            "change_authsession",
            "add_operatormessage",
        ),
    }
