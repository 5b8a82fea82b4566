"""The inbox. An answer to signing in shows wallet and pass, so those doors are `web.signin`."""

from django.urls import path

from accounts.inbox import api, pages
from accounts.telemetry import api as telemetry

urlpatterns = [
    path("api/notifications", api.NotificationsView.as_view()),
    path("api/notifications/unread-count", api.UnreadCountView.as_view()),
    path("api/notifications/<int:notification_id>/read", api.ReadView.as_view()),
    path("api/notifications/read-all", api.ReadAllView.as_view()),
    path("api/telemetry/events", telemetry.TelemetryView.as_view(), name="api_telemetry"),
    path("inbox", pages.inbox, name="inbox"),
    path("inbox/<int:notification_id>/read", pages.read, name="notification_read"),
    path("inbox/read-all", pages.read_all, name="notifications_read_all"),
]
