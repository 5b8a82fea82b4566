"""The addresses of events, missions and the battle pass."""

from django.urls import path

from events.battlepass import api as battlepass
from events.battlepass import pages as battlepass_pages
from events.home import pages as home_pages
from events.live import admin_api as operators
from events.live import api as live
from events.live import pages as live_pages
from events.live import public_api as public
from events.missions import api as missions
from events.missions import pages as missions_pages

urlpatterns = [
    path("events", live_pages.events, name="events"),
    path("events/<int:event_id>", live_pages.event, name="event"),
    path("events/<int:event_id>/join", live_pages.join, name="event_join"),
    path("events/<int:event_id>/claim", live_pages.claim, name="event_claim"),
    path("missions", missions_pages.missions, name="missions"),
    path("missions/<int:mission_id>/claim", missions_pages.claim, name="mission_claim"),
    path("home/missions/<int:mission_id>/claim", home_pages.claim_mission, name="home_mission_claim"),
    path("pass", battlepass_pages.battlepass, name="battlepass"),
    path("pass/claim", battlepass_pages.claim, name="battlepass_claim"),
    path("pass/upgrade", battlepass_pages.upgrade, name="battlepass_upgrade"),
    path("api/events", live.EventsView.as_view(), name="api_events"),
    path("api/events/<int:event_id>", live.EventView.as_view()),
    path("api/events/join", live.JoinView.as_view()),
    path("api/events/progress/<int:event_id>", live.ProgressView.as_view()),
    path("api/events/claim/<int:event_id>", live.ClaimView.as_view()),
    path(
        "api/events/missions/daily",
        missions.MissionsView.as_view(action="list_daily", mission_type="daily"),
    ),
    path(
        "api/events/missions/weekly",
        missions.MissionsView.as_view(action="list_weekly", mission_type="weekly"),
    ),
    path("api/events/missions/all", missions.MissionsView.as_view()),
    path("api/events/missions/claim/<int:mission_id>", missions.ClaimMissionView.as_view()),
    path("api/public/events", public.PublicEventsView.as_view(), name="api_public_events"),
    path("api/battlepass", battlepass.BattlePassView.as_view()),
    path("api/battlepass/claim", battlepass.ClaimTierView.as_view()),
    path("api/battlepass/upgrade", battlepass.UpgradeView.as_view()),
    path("api/admin/events", operators.OperatorEventsView.as_view()),
    path("api/admin/events/seed/model-index", operators.SeedView.as_view()),
    path("api/admin/events/<int:event_id>", operators.OperatorEventView.as_view()),
    path("api/admin/events/<int:event_id>/deactivate", operators.DeactivateView.as_view()),
    path("api/admin/events/<int:event_id>/participations", operators.ParticipationsView.as_view()),
    path("api/admin/events/<int:event_id>/force-claim/<int:user_id>", operators.ForceClaimView.as_view()),
]
