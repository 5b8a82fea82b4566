"""Events as operators run them: forms with a live preview, switching on and off, copies, the model index event."""

import json
from uuid import uuid4

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery, Sum
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from casino_club.core import clock, idempotency
from casino_club.core.admin import OperatorAdmin, with_beside
from casino_club.core.errors import DomainError
from events.live import operations
from events.live.admin_forms import REWARD_LABELS, EventForm, RequirementForm, RequirementFormSet
from events.live.cards import FACES
from events.live.models import Event, EventCount, Requirement
from events.live.rules import MODEL_INDEX, Phase
from events.live.selectors import counts_of, events_in
from events.progress.models import REWARDS

PHASE_LABELS = {
    Phase.DRAFT: _("draft"),
    Phase.UPCOMING: _("coming"),
    Phase.LIVE: pgettext_lazy("event", "live"),
    Phase.GRACE: _("over, can be collected"),
    Phase.ENDED: pgettext_lazy("event", "over"),
}


class PhaseFilter(admin.SimpleListFilter):
    """Where an event stands now; those that can still be collected are over, too."""

    title = _("phase")
    parameter_name = "phase"

    def lookups(self, request, model_admin):
        return [(phase.value, label) for phase, label in PHASE_LABELS.items()]

    def queryset(self, request, queryset):
        if self.value() not in list(Phase):
            return queryset
        return queryset.filter(pk__in=events_in(Phase(self.value()), clock.now()).values("pk"))


class RequirementInline(admin.TabularInline):
    model = Requirement
    form = RequirementForm
    formset = RequirementFormSet
    extra = 1

    def _is_open(self, event: Event | None) -> bool:
        return event is None or not operations.has_participants(event.pk)

    def has_add_permission(self, request, obj=None) -> bool:
        return super().has_add_permission(request, obj) and self._is_open(obj)

    def has_change_permission(self, request, obj=None) -> bool:
        return super().has_change_permission(request, obj) and self._is_open(obj)

    def has_delete_permission(self, request, obj=None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_open(obj)


@admin.register(Event)
class EventAdmin(OperatorAdmin):
    form = EventForm
    inlines = [RequirementInline]
    change_form_template = "events/admin/event_form.html"
    change_list_template = "events/admin/event_list.html"
    list_display = [
        *("what", "phase", "starts", "ends", "priority"),
        *("joined", "completed", "claimed"),
    ]
    list_filter = [PhaseFilter, "event_type"]
    search_fields = ["title", "title_en"]
    ordering = ["-priority", "-id"]
    actions = ["activate", "deactivate", "duplicate"]
    fieldsets = [
        (
            pgettext_lazy("event", "What it is"),
            {"fields": [("title", "title_en"), ("description", "description_en"), "event_type"]},
        ),
        (pgettext_lazy("event", "When"), {"fields": [("start_date", "end_date"), "is_active"]}),
        (_("Reward"), {"fields": [("gold", "gems", "exp", "vip_points")]}),
        (_("How it is shown"), {"fields": [("priority", "image_url")]}),
    ]

    def get_queryset(self, request):
        def total(name):
            counts = EventCount.objects.filter(event=OuterRef("pk")).order_by().values("event")
            return Subquery(counts.annotate(total=Sum(name)).values("total"))

        figures = {f"{name}_total": total(name) for name in ("joined", "completed", "claimed")}
        return super().get_queryset(request).annotate(**figures)

    @admin.display(description=_("title"), ordering="title")
    def what(self, event: Event) -> str:
        return with_beside(event.title, event.get_event_type_display())

    @admin.display(description=_("phase"))
    def phase(self, event: Event) -> str:
        return PHASE_LABELS[event.phase(clock.now())]

    @admin.display(description=_("starts at"), ordering="start_date")
    def starts(self, event: Event) -> str:
        return date_format(event.start_date, "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("ends at"), ordering="end_date")
    def ends(self, event: Event) -> str:
        return date_format(event.schedule.closes_at, "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("joined"), ordering="joined_total")
    def joined(self, event: Event) -> str:
        address = reverse("admin:events_participation_changelist")
        return format_html('<a href="{}?event={}">{}</a>', address, event.pk, f"{event.joined_total or 0:,}")

    @admin.display(description=_("completed"), ordering="completed_total")
    def completed(self, event: Event) -> str:
        return f"{event.completed_total or 0:,}"

    @admin.display(description=_("claimed"), ordering="claimed_total")
    def claimed(self, event: Event) -> str:
        return f"{event.claimed_total or 0:,}"

    # --- Writing: the admin's form gives one draft to the service -------------------------------------------------
    def get_readonly_fields(self, request, obj=None):
        frozen = obj is not None and operations.has_participants(obj.pk)
        return [*super().get_readonly_fields(request, obj), *(REWARDS if frozen else ())]

    def save_model(self, request, obj, form, change):
        """Nothing yet: the requirements belong to it, and come with `save_related`."""

    def save_related(self, request, form, formsets, change):
        now = clock.now()
        for formset in formsets:
            formset.save(commit=False)  # for the history only
        asked = [formset.asked() for formset in formsets if hasattr(formset, "asked")]
        event = form.instance
        is_frozen = change and operations.has_participants(event.pk)
        if is_frozen and "gold" in request.POST:
            text = _("Somebody joined while you were writing: requirements and rewards stay as they were.")
            self.message_user(request, text, messages.WARNING)
        if change and (not asked or is_frozen):
            requirements = operations.draft_of(Event.objects.get(pk=event.pk)).requirements
        else:
            requirements = asked[0]
        draft = form.draft(requirements)
        if change:
            operations.update(event_id=event.pk, draft=draft, now=now)
        else:
            event.pk = operations.create(draft=draft, operator_id=request.user.pk, now=now).pk

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        context = {"faces": FACES, **(extra_context or {})}
        event = self.get_object(request, unquote(object_id)) if object_id is not None else None
        if event is not None:
            context["counts"] = counts_of([event.pk])[event.pk]
            context["is_frozen"] = operations.has_participants(event.pk)
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except DomainError as refusal:
            self.message_user(request, str(refusal.message), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    # --- Acts ------------------------------------------------------------------------------------------------------
    @admin.action(description=_("Activate"), permissions=["change"])
    def activate(self, request, queryset):
        for pk in queryset.values_list("pk", flat=True):
            operations.activate(event_id=pk, now=clock.now())
        self._tell(request, queryset.count())

    @admin.action(description=_("Deactivate: close now"), permissions=["change"])
    def deactivate(self, request, queryset):
        for pk in queryset.values_list("pk", flat=True):
            operations.deactivate(event_id=pk, now=clock.now())
        self._tell(request, queryset.count())

    @admin.action(description=_("Duplicate as a draft"), permissions=["add"])
    def duplicate(self, request, queryset):
        """Once for the form: a second click makes no further drafts."""
        now, events = clock.now(), list(queryset.order_by("pk").values_list("pk", flat=True))

        def work() -> tuple[int, object]:
            return 201, [operations.duplicate(event_id=pk, operator_id=request.user.pk, now=now).pk for pk in events]

        stored = idempotency.run(
            actor_id=request.user.pk,
            key=request.POST.get("key") or uuid4().hex,
            method="POST",
            path=request.path,
            body={"duplicate": events},
            now=now,
            work=work,
        )
        copies = json.loads(stored.body)
        self._tell(request, len(copies))
        return redirect("admin:events_event_change", copies[0]) if len(copies) == 1 else None

    def _tell(self, request, count: int) -> None:
        text = ngettext("%(count)d event changed.", "%(count)d events changed.", count) % {"count": count}
        self.message_user(request, text, messages.SUCCESS)

    def get_urls(self):
        own = [
            path("seed-model-index/", self.admin_site.admin_view(self.seed_view), name="events_event_seed"),
            path("<int:event_id>/report/", self.admin_site.admin_view(self.report_view), name="events_event_report"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        running = operations.seeded(MODEL_INDEX, now=clock.now())
        return super().changelist_view(request, {"model_index": running, **(extra_context or {})})

    def seed_view(self, request):
        """The button: brings out the model index event, unless one has not ended."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            seeded = operations.seed(operator_id=request.user.pk, now=clock.now())
            if seeded.idempotent:
                self.message_user(request, _("The model index event is already on."), messages.INFO)
            else:
                self.message_user(request, _("The model index event is on."), messages.SUCCESS)
        return redirect("admin:events_event_changelist")

    def report_view(self, request, event_id: int):
        """What came of an event, by its exact counts."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        event = Event.objects.filter(pk=event_id).prefetch_related("requirements").first()
        if event is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": _("Report"),
            "event": event,
            "phase": PHASE_LABELS[event.phase(clock.now())],
            "report": (report := operations.report(event)),
            "paid": [(REWARD_LABELS[name], event.rewards[name], total) for name, total in report.paid.items()],
            "opts": self.opts,
        }
        return render(request, "events/admin/report.html", context)
