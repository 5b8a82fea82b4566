"""Every address of the house; each app names its own in full."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from casino_club.web import language

handler400 = "casino_club.web.errors.bad_request"
handler403 = "casino_club.web.errors.permission_denied"
handler404 = "casino_club.web.errors.not_found"
handler500 = "casino_club.web.errors.server_error"

urlpatterns = [
    path("", include("casino_club.web.urls")),
    path("", include("accounts.urls")),
    path("", include("economy.urls")),
    path("", include("events.urls")),
    path("", include("games.urls")),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("language", language.choose, name="set_language"),
    path(
        "openapi.json",
        SpectacularAPIView.as_view(
            renderer_classes=[OpenApiJsonRenderer], authentication_classes=[], permission_classes=[]
        ),
        name="openapi",
    ),
    path(
        "docs",
        SpectacularSwaggerSplitView.as_view(url_name="openapi", authentication_classes=[], permission_classes=[]),
        name="docs",
    ),
]
