"""The operators' site: Django's admin behind the players' own sign-in door (one lockout, one list of sessions)."""

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from casino_club.web.console import pages as console
from casino_club.web.console.players.pages import PlayerPages


class OperatorSite(admin.AdminSite):
    """The house today, the players' pages and every model's lists, for operators alone."""

    site_title = _("Casino-Club operators")
    site_header = _("Casino-Club operators")
    index_title = _("The house today")
    site_url = "/"
    empty_value_display = "–"
    index_template = "admin/console/index.html"

    def get_urls(self):
        return [*console.urls(self.admin_view), *PlayerPages(self).urls(), *super().get_urls()]

    def index(self, request, extra_context=None):
        return super().index(request, {**console.index_context(request), **(extra_context or {})})

    def login(self, request, extra_context=None):
        """Nobody signs in here: strangers go to the sign-in page, players are told that this door is not theirs."""
        if request.user.is_authenticated:
            if self.has_permission(request):
                return redirect("admin:index")
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"), reverse("login"))

    def logout(self, request, extra_context=None):
        return HttpResponseRedirect(reverse("logout"), status=307)

    def password_change(self, request, extra_context=None):
        """The players' own page: it counts guesses and ends the other sessions."""
        return redirect("password_change")

    def password_change_done(self, request, extra_context=None):
        return redirect("admin:index")
