"""Segments as operators see them: each night with its sizes and movement, each player's, and what is recommended."""

from django.contrib import admin
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.player_admin import OfPlayerAdmin
from casino_club.core.admin import OperatorAdmin, ReadOnlyAdmin, with_beside
from economy.segments.models import PlayerSegment, Recommendation, SegmentChange, SegmentDay
from economy.segments.rules import SEGMENT_LABELS, Segment
from economy.segments.selectors import movement_of, sizes_of


def _size_column(segment: Segment, label: str):
    @admin.display(description=label)
    def size(day: SegmentDay) -> str:
        return f"{day.sizes.get(segment, 0):,}"

    return size


@admin.register(SegmentDay)
class SegmentDayAdmin(ReadOnlyAdmin):
    list_display = [
        "date",
        "players",
        "changed",
        *(_size_column(*segment) for segment in SEGMENT_LABELS.items()),
        "seconds",
    ]
    ordering = ["-date"]
    change_form_template = "economy/segments/day.html"

    def change_view(self, request, object_id, form_url="", extra_context=None):
        day = self.get_object(request, object_id)
        shown = {"sizes": sizes_of(day), "rows": movement_of(day)} if day else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    def get_fields(self, request, obj=None):
        return ["date", "started_at", "seconds", "players", "changed", "cuts"]


@admin.register(PlayerSegment)
class PlayerSegmentAdmin(OfPlayerAdmin):
    list_display = ["player", "where", "scores", "last_play_date", "days_played", "spent"]
    list_filter = ["segment"]

    @admin.display(description=_("segment"))
    def where(self, row: PlayerSegment) -> str:
        return with_beside(row.get_segment_display(), _("since %(date)s") % {"date": date_format(row.since)})

    @admin.display(description=_("recency · frequency · spend"))
    def scores(self, row: PlayerSegment) -> str:
        return f"{row.recency} · {row.frequency} · {row.spend}"


@admin.register(SegmentChange)
class SegmentChangeAdmin(OfPlayerAdmin):
    list_display = ["date", "player", "from_segment", "to_segment"]
    list_filter = ["to_segment"]


@admin.register(Recommendation)
class RecommendationAdmin(OperatorAdmin):
    list_display = ["shown_segment", "thing", "priority", "is_active"]
    list_display_links = ["shown_segment", "thing"]
    list_editable = ["priority", "is_active"]
    list_filter = ["segment", "is_active"]
    list_select_related = ["product", "package"]
    ordering = ["segment", "-priority", "-pk"]

    @admin.display(description=_("segment"), ordering="segment")
    def shown_segment(self, row: Recommendation) -> str:
        return row.get_segment_display() or _("Everybody")

    @admin.display(description=_("offered"))
    def thing(self, row: Recommendation) -> str:
        return str(row)
