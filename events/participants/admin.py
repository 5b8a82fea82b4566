"""Participants as operators see them: filters, exact counts, CSV, forced claims, one player across all events."""

import uuid
from datetime import datetime

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.player_admin import OfPlayerAdmin
from casino_club.core import clock, idempotency
from casino_club.core.admin import EstimatingPaginator, with_beside
from casino_club.core.errors import DomainError
from events.battlepass.services import passes
from events.live import operations
from events.live.admin_forms import REWARD_LABELS
from events.live.cards import cards_for
from events.live.models import Event, ForcedClaim, Participation
from events.live.selectors import Counts, counts_of
from events.missions.selectors import missions_of, states_of
from events.participants import export
from events.participants.forms import ForceClaimForm

RECENT_EVENTS = 50


class EventFilter(admin.SimpleListFilter):
    title = _("event")
    parameter_name = "event"

    def lookups(self, request, model_admin):
        return Event.objects.order_by("-id").values_list("pk", "title")[:RECENT_EVENTS]

    def queryset(self, request, queryset):
        event_id = event_id_in(self.used_parameters)
        return queryset if event_id is None else queryset.filter(event_id=event_id)


class HappenedFilter(admin.SimpleListFilter):
    """Whether a moment of the participation has come."""

    field: str

    def lookups(self, request, model_admin):
        return [("true", _("yes")), ("false", _("no"))]

    def queryset(self, request, queryset):
        if self.value() not in ("true", "false"):
            return queryset
        return queryset.filter(**{f"{self.field}__isnull": self.value() == "false"})


class CompletedFilter(HappenedFilter):
    title, parameter_name, field = _("completed"), "completed", "completed_at"


class ClaimedFilter(HappenedFilter):
    title, parameter_name, field = _("claimed"), "claimed", "claimed_at"


class KnownCountPaginator(EstimatingPaginator):
    """Takes the count that is known already, instead of counting rows."""

    def __init__(self, *args, known: int | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        if known is not None:
            self.count = known


@admin.register(Participation)
class ParticipationAdmin(OfPlayerAdmin):
    change_list_template = "events/admin/participations.html"
    list_display = ["player", "event", "joined", "completed", "claimed", "act"]
    list_filter = [EventFilter, CompletedFilter, ClaimedFilter]
    list_select_related = ["player", "event"]

    @admin.display(description=_("joined at"))
    def joined(self, participation: Participation) -> str:
        return _short(participation.joined_at)

    @admin.display(description=_("completed at"))
    def completed(self, participation: Participation) -> str:
        return _short(participation.completed_at)

    @admin.display(description=_("claimed at"))
    def claimed(self, participation: Participation) -> str:
        claimed = _short(participation.claimed_at)
        return with_beside(claimed, _("paid by an operator")) if participation.is_forced else claimed

    def get_list_display(self, request):
        """Only who may pay is offered to."""
        may_pay = request.user.has_perm("events.add_forcedclaim")
        return self.list_display if may_pay else [*self.list_display[:-1], "overview"]

    @admin.display(description=_("more"))
    def overview(self, participation: Participation) -> str:
        address = reverse("admin:events_participation_player", args=[participation.player_id])
        return format_html('<a href="{}">{}</a>', address, _("all events"))

    @admin.display(description=_("more"))
    def act(self, participation: Participation) -> str:
        overview = self.overview(participation)
        if participation.claimed_at is not None:
            return overview
        force = reverse("admin:events_participation_force", args=[participation.pk])
        return format_html('{}<br><a href="{}">{}</a>', overview, force, _("force claim"))

    def get_paginator(self, request, queryset, per_page, orphans=0, allow_empty_first_page=True):
        known = known_count(request.GET)
        return KnownCountPaginator(queryset, per_page, orphans, allow_empty_first_page, known=known)

    def changelist_view(self, request, extra_context=None):
        event = Event.objects.filter(pk=event_id_in(request.GET)).first()
        context = {"event": event, "counts": counts_of([event.pk])[event.pk] if event else None}
        context["export_query"] = request.GET.urlencode()
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def get_urls(self):
        view = self.admin_site.admin_view
        own = [
            path("export/", view(self.export_view), name="events_participation_export"),
            path("<int:pk>/force-claim/", view(self.force_view), name="events_participation_force"),
            path("player/<int:player_id>/", view(self.player_view), name="events_participation_player"),
        ]
        return [*own, *super().get_urls()]

    def export_view(self, request):
        """The list as filtered, as CSV; streamed."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).get_queryset(request).order_by()
        except IncorrectLookupParameters:
            return redirect("admin:events_participation_changelist")
        response = StreamingHttpResponse(export.lines(rows), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="participants.csv"'
        return response

    def force_view(self, request, pk: int):
        """Asks for confirmation and a reason, then pays; a double submit pays once."""
        if not request.user.has_perm("events.add_forcedclaim"):
            raise PermissionDenied
        participation = get_object_or_404(Participation.objects.select_related("player", "event"), pk=pk)
        form = ForceClaimForm(request.POST or None, initial={"key": uuid.uuid4().hex})
        back = f"{reverse('admin:events_participation_changelist')}?event={participation.event_id}"
        if request.method == "POST" and form.is_valid():
            self._force(request, participation, form.cleaned_data)
            return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Force claim"),
            "participation": participation,
            "given": [(REWARD_LABELS[name], amount) for name, amount in participation.event.rewards.items()],
            "form": form,
            "back": back,
            "opts": self.opts,
        }
        return render(request, "events/admin/force_claim.html", context)

    def _force(self, request, participation: Participation, asked: dict) -> None:
        now = clock.now()

        def work() -> tuple[int, dict]:
            claimed = operations.force_claim(
                event_id=participation.event_id,
                player_id=participation.player_id,
                operator_id=request.user.pk,
                reason=asked["reason"],
                now=now,
            )
            return 200, claimed.rewards

        try:
            idempotency.run(
                actor_id=request.user.pk,
                key=asked["key"],
                method="POST",
                path=request.path,
                body={"reason": asked["reason"]},
                now=now,
                work=work,
            )
        except DomainError as refusal:
            self.message_user(request, str(refusal.message), messages.ERROR)
        else:
            self.message_user(request, _("The reward was paid."), messages.SUCCESS)

    def player_view(self, request, player_id: int):
        """One player's state in the latest events, the running missions and the pass."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        player = get_object_or_404(get_user_model(), pk=player_id)
        now = clock.now()
        joined = Participation.objects.filter(player=player).order_by("-pk").values("event_id")[:RECENT_EVENTS]
        running = Q(is_active=True, start_date__lte=now, end_date__gt=now)
        events = list(
            Event.objects.filter(Q(pk__in=joined) | running)
            .prefetch_related("requirements")
            .order_by("-priority", "-id")
        )
        context = {
            **self.admin_site.each_context(request),
            "title": _("%(player)s: events, missions, pass") % {"player": player},
            "player_shown": player,
            "cards": cards_for(player.pk, events, now=now),
            "missions": states_of(player.pk, list(missions_of().order_by("mission_type", "sort_order")), now=now),
            "passes": passes(player_id=player.pk, now=now),
            "opts": self.opts,
        }
        return render(request, "events/admin/player.html", context)


@admin.register(ForcedClaim)
class ForcedClaimAdmin(OfPlayerAdmin):
    player_field = "participation__player"
    search_fields = ["participation__player__site_id"]
    list_display = ["created_at", "player", "event", "operator", "reason"]
    list_select_related = ["participation__player", "participation__event", "operator"]
    fields = ["player", "event", "operator", "reason", "created_at"]

    @admin.display(description=_("player"))
    def player(self, forced: ForcedClaim) -> AbstractBaseUser:
        return forced.participation.player

    @admin.display(description=_("event"))
    def event(self, forced: ForcedClaim) -> Event:
        return forced.participation.event


def _short(moment: datetime | None) -> str:
    return date_format(moment, "SHORT_DATETIME_FORMAT") if moment else "–"


def event_id_in(asked) -> int | None:
    """The event that an address names; None where it names none, or nonsense."""
    text = asked.get("event") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def known_count(asked) -> int | None:
    """How many rows a filtered list has, where the event's exact counts say so."""
    event_id = event_id_in(asked)
    others = set(asked) - {"event", "completed", "claimed", "p", "o"}
    if others or event_id is None or ("completed" in asked and "claimed" in asked):
        return None
    counts: Counts = counts_of([event_id])[event_id]
    for name in ("completed", "claimed"):
        if asked.get(name) in ("true", "false"):
            happened = getattr(counts, name)
            return happened if asked[name] == "true" else counts.joined - happened
    return counts.joined
