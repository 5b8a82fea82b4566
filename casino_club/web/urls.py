"""The pages and doors that compose several apps."""

from django.urls import include, path

from casino_club.web import home, ops
from casino_club.web.alerts.api import AcknowledgeView, AlertsView
from casino_club.web.dev.api import ResetUser02View
from casino_club.web.users.api import ImportUsersView

urlpatterns = [
    path("", home.page, name="home"),
    path("balances", home.balances, name="balances"),
    path("streak/week", home.streak_week, name="streak_week"),
    path("streak/claim", home.claim_streak, name="streak_claim"),
    path("", include("casino_club.web.signin.urls")),
    path("", include("casino_club.web.twofactor.urls")),
    path("", include("casino_club.web.privacy.urls")),
    path("api/admin/alerts", AlertsView.as_view()),
    path("api/admin/alerts/<int:alert_id>/acknowledge", AcknowledgeView.as_view()),
    path("", include("casino_club.web.live.urls")),
    path("api/admin/users/import", ImportUsersView.as_view()),
    path("api/dev/reset_user02", ResetUser02View.as_view()),
    path("health", ops.health),
    path("ready", ops.ready),
    path("metrics", ops.metrics),
]
