"""Where live figures are asked for; the streams among them are served by `casino_club.asgi`."""

from django.urls import path

from casino_club.web.live import api

urlpatterns = [
    path("api/metrics/global", api.GlobalFiguresView.as_view(), name="metrics_global"),
    path("api/metrics/stream", api.GlobalStreamView.as_view(), name="metrics_stream"),
    path("api/admin/stats", api.AdminStatsView.as_view(), name="admin_stats"),
    path("api/admin/stream", api.AdminStreamView.as_view(), name="admin_stream"),
]
