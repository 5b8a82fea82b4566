"""Where players take their data along, or leave."""

from django.urls import path

from casino_club.web.privacy import api, pages

urlpatterns = [
    path("api/account/export", api.ExportView.as_view()),
    path("api/account/delete", api.DeleteView.as_view()),
    path("profile/export", pages.export, name="account_export"),
    path("profile/delete", pages.delete, name="account_delete"),
]
