"""Above every app: pages, sign-in doors, figures and the operators' site, composed of what the apps offer."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "casino_club.web"
    label = "web"
    verbose_name = _("Pages")


class CasinoAdminConfig(AdminConfig):
    default_site = "casino_club.web.admin_site.OperatorSite"
