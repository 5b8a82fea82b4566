"""Above every app: pages, sign-in doors, figures and the operators' site, composed of what the apps offer."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "casino_club.web"
    label = "web"
    verbose_name = _("Pages")
    default = True


class CasinoAdminConfig(admin_apps.AdminConfig):
    default_site = "casino_club.web.admin_site.OperatorSite"
    default = False
