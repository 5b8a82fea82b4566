"""What browsers told, as operators see it."""

from django.contrib import admin

from accounts.telemetry.models import DailyVisits, TelemetryEvent
from casino_club.core.admin import ReadOnlyAdmin


@admin.register(TelemetryEvent)
class TelemetryEventAdmin(ReadOnlyAdmin):
    list_display = ["received_at", "name", "user", "stands_for", "happened_at"]
    list_select_related = ["user"]
    ordering = ["-id"]


@admin.register(DailyVisits)
class DailyVisitsAdmin(ReadOnlyAdmin):
    list_display = ["date", "visitors"]
    ordering = ["-date"]
