"""Streaks and attendance, as operators see them."""

from django.contrib import admin, messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.player_admin import OfPlayerAdmin
from casino_club.core import clock, roles
from casino_club.core.admin import FILTERED_AMONG, ReadOnlyAdmin, with_beside
from economy.streaks.models import AttendanceDay, StreakRepairReport, StreakState
from economy.streaks.repair import repair_players
from economy.streaks.rules import Action, RepairAction
from economy.streaks.timeline import legend, timeline_of


@admin.register(StreakState)
class StreakStateAdmin(OfPlayerAdmin):
    list_display = ["player", "action", "count", "longest", "last_date", "protections", "protection_enabled"]
    list_filter = ["action"]
    actions = ["repair", "repair_dry_run"]
    actions_unasked = ("repair_dry_run",)
    fields = [
        "player",
        "action",
        "count",
        "longest",
        "last_date",
        "protections",
        "protection_enabled",
        "protection_since",
        "updated_at",
        "timeline",
    ]
    readonly_fields = ["timeline"]

    @admin.display(description=_("timeline"))
    def timeline(self, state: StreakState) -> str:
        shown = timeline_of(state.player, Action(state.action), now=clock.now())
        return render_to_string("economy/streak_timeline.html", {"months": shown, "legend": legend()})

    class Media:
        css = {"all": ["css/console-player.css"]}

    @admin.action(description=_("Repair the streaks of these players"), permissions=["repair"])
    def repair(self, request: HttpRequest, queryset) -> None:
        self._repair(request, queryset, dry_run=False)

    @admin.action(description=_("Show what a repair would do"), permissions=["repair"])
    def repair_dry_run(self, request: HttpRequest, queryset) -> None:
        self._repair(request, queryset, dry_run=True)

    def has_repair_permission(self, request: HttpRequest) -> bool:
        return roles.has(request.user, "support") or roles.has(request.user, "economy")

    def _repair(self, request: HttpRequest, queryset, *, dry_run: bool) -> None:
        report = repair_players(
            player_ids=list(queryset.values_list("player_id", flat=True)),
            operator_id=request.user.pk,
            now=clock.now(),
            dry_run=dry_run,
        )
        text = ngettext(
            "%(changes)d change for %(players)d players.",
            "%(changes)d changes for %(players)d players.",
            report.changes,
        )
        level = messages.WARNING if report.failures or report.players_skipped else messages.SUCCESS
        self.message_user(request, text % {"changes": report.changes, "players": report.players}, level)


@admin.register(AttendanceDay)
class AttendanceDayAdmin(OfPlayerAdmin):
    filtered_among = FILTERED_AMONG
    list_display = ["date", "player", "action", "source", "created_at"]
    list_filter = ["action", "source"]


@admin.register(StreakRepairReport)
class StreakRepairReportAdmin(ReadOnlyAdmin):
    list_display = ["begun", "dry_run", "players", "changed", "players_skipped", "failed"]
    list_filter = ["dry_run"]
    list_select_related = ["requested_by"]
    ordering = ["-started_at"]

    @admin.display(description=StreakRepairReport._meta.get_field("started_at").verbose_name)
    def begun(self, report: StreakRepairReport) -> str:
        """When; below, for which game day and at whose request."""
        facts = " · ".join(str(fact) for fact in (report.date, report.requested_by) if fact)
        return with_beside(date_format(report.started_at, "DATETIME_FORMAT"), facts)

    @admin.display(description=_("put right"))
    def changed(self, report: StreakRepairReport) -> str:
        """How much, and below it how much of what."""
        done = [(report._meta.get_field(action).verbose_name, getattr(report, action)) for action in RepairAction]
        facts = " · ".join(f"{name} {count:,}" for name, count in done if count)
        return with_beside(f"{report.changes:,}", facts) if facts else "0"

    @admin.display(description=_("failed"))
    def failed(self, report: StreakRepairReport) -> int:
        return len(report.failures)
