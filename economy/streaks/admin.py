"""Streaks and attendance, as operators see them."""

from django.contrib import admin

from economy.player_admin import OfPlayerAdmin
from economy.streaks.models import AttendanceDay, StreakState


@admin.register(StreakState)
class StreakStateAdmin(OfPlayerAdmin):
    list_display = ["player", "action", "count", "longest", "last_date", "protections", "protection_enabled"]
    list_filter = ["action"]


@admin.register(AttendanceDay)
class AttendanceDayAdmin(OfPlayerAdmin):
    list_display = ["date", "player", "action", "source", "created_at"]
    list_filter = ["action", "source"]
