"""What happened: odds, fairness, the games, their rounds and statistics."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GamesConfig(AppConfig):
    name = "games"
    verbose_name = _("Games")
    role_permissions: dict[str, tuple[str, ...]] = {"economy": ("add_banner", "change_banner")}
