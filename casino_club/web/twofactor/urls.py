"""Where operators prove and look after their second factor."""

from django.urls import path

from casino_club.web.twofactor import pages

urlpatterns = [
    path("two-factor", pages.two_factor, name="two_factor"),
    path("two-factor/setup", pages.setup, name="two_factor_setup"),
]
