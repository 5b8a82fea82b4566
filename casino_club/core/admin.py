"""What every admin page of ours has: read-only unless said otherwise, no delete, lists that stay fast at any size.

A list of millions is never counted (the planner's estimate stands for it), is paged a bounded way down (who looks for
older rows searches by player), is sorted by what an index gives, and, where no index fits a filter, is filtered among
its newest rows only and says so.
"""

import json
from collections.abc import Callable
from urllib.parse import urlencode
from uuid import uuid4

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminSplitDateTime
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import connection, models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from pghistory.models import Event

from casino_club.core import audit
from casino_club.core.errors import DomainError

ESTIMATE_ABOVE = 10_000
MOST_PAGES = 200
FILTERED_AMONG = 300_000
SHOWN_ROWS = 20


def with_beside(main: object, lesser: object) -> SafeString:
    """A cell of a list: its main fact, and a lesser one below it, so that a list needs few columns."""
    return format_html('{}<span class="beside">{}</span>', main, lesser)


class LabelledDateTime(AdminSplitDateTime):
    """Date and time, each named to who cannot see the two words beside them."""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        for part, label in zip(context["widget"]["subwidgets"], ("date_label", "time_label"), strict=True):
            part["attrs"]["aria-label"] = str(context[label]).rstrip(":")
        return context


class EstimatingPaginator(Paginator):
    """Counts what is small exactly; for what is large the planner's estimate stands. Ends after MOST_PAGES."""

    @cached_property
    def count(self) -> int:
        estimate = self._estimate()
        return estimate if estimate > ESTIMATE_ABOVE else super().count

    @cached_property
    def num_pages(self) -> int:
        return min(super().num_pages, MOST_PAGES)

    @property
    def within_reach(self) -> int | None:
        """How many rows can be paged through, where that is not all of them."""
        reach = MOST_PAGES * self.per_page
        return reach if self.count > reach else None

    def _estimate(self) -> int:
        """Of a whole table its known size, of a part of it what the planner expects."""
        query = self.object_list.query
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [query.model._meta.db_table]
            )
            (rows,) = cursor.fetchone()
            if rows <= ESTIMATE_ABOVE or not query.where:
                return rows
            sql, parameters = self.object_list.order_by().values("pk").query.sql_with_params()
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
            plan = cursor.fetchone()[0]
        return (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"]


class LeanChangeList(ChangeList):
    """A list that is headed by what it holds, never sorts by what no index gives, and knows when its filters see only the
    newest rows.
    """

    filtered_among = 0

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = capfirst(self.opts.verbose_name_plural)

    def get_ordering(self, request, queryset):
        """The asked columns that may be sorted by; the admin's own order where none is left."""
        if self.model_admin.sortable_by is not None and not self.model_admin.get_sortable_by(request):
            self.params.pop("o", None)
        return super().get_ordering(request, queryset)

    def get_results(self, request):
        """Where nothing is asked for, the list is all there is, and need not offer to show it; an empty one offers no acts."""
        super().get_results(request)
        self.show_admin_actions = bool(self.result_count)
        if not self.query and not self.has_active_filters:
            self.full_result_count = self.result_count

    def get_queryset(self, request, exclude_parameters=None):
        # No text of the database holds NUL: a filter that asks for one is as strange as an unknown one.
        if any("\0" in value for values in self.get_filters_params().values() for value in values):
            raise IncorrectLookupParameters
        rows = super().get_queryset(request, exclude_parameters)
        among = self.model_admin.filtered_among
        if not among or not self.has_active_filters or self.query:
            return rows
        newest = self.root_queryset.order_by("-pk").values_list("pk", flat=True).first()
        if newest is None or newest <= among:
            return rows
        self.filtered_among = among
        return rows.filter(pk__gt=newest - among)


class ReasonForm(forms.Form):
    """Why, which goes into the audit (`audit.REASON_FIELD`)."""

    audit_reason = forms.CharField(
        label=_("why"),
        min_length=audit.REASON_MIN,
        max_length=audit.REASON_MAX,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("For the audit; no personal data."),
        error_messages={"required": _("Say why: nothing is changed without a reason.")},
    )


class ActForm(ReasonForm):
    """The same before an act on many rows; `key` tells one that is sent twice from two."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)


def _reasoned(form: type[forms.BaseForm | forms.BaseFormSet], request: HttpRequest) -> type:
    """The form of a change, valid only where the request says why."""

    class Reasoned(form):
        def clean(self):
            cleaned = super().clean()
            asked = ReasonForm(request.POST)
            if not asked.is_valid():
                raise forms.ValidationError(asked.errors[audit.REASON_FIELD])
            return cleaned

    return Reasoned


def _asking_why(action: Callable, name: str, description: str) -> Callable:
    """The bulk action, behind a page that says how many rows it falls on and asks why; what refuses is told in words."""

    def ask(model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        form = ActForm(request.POST if audit.REASON_FIELD in request.POST else None, initial={"key": uuid4().hex})
        if form.is_valid():
            try:
                return action(model_admin, request, queryset)
            except DomainError as refusal:
                model_admin.message_user(request, str(refusal.message), messages.ERROR)
                return None
        context = {
            **model_admin.admin_site.each_context(request),
            "title": description,
            "opts": model_admin.opts,
            "form": form,
            "count": model_admin.get_paginator(request, queryset, SHOWN_ROWS).count,
            "rows": queryset[:SHOWN_ROWS],
            "action": name,
            "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "across": request.POST.get("select_across", "0"),
        }
        return TemplateResponse(request, "admin/act_on_rows.html", context)

    return ask


def is_audited(model: type[models.Model]) -> bool:
    """Whether the audit holds what becomes of the model's rows."""
    return any(issubclass(event, Event) and event.pgh_tracked_model is model for event in apps.get_models())


def _asked_by(list_filter, model: type[models.Model]) -> list[str]:
    """What one of `list_filter` reads of the address."""
    if isinstance(list_filter, type):
        return [list_filter.parameter_name]
    field = list_filter if isinstance(list_filter, str) else list_filter[0]
    if model._meta.get_field(field).is_relation:
        return [f"{field}__id__exact", f"{field}__isnull"]
    return [field, *(f"{field}__{how}" for how in ("exact", "in", "gte", "lt", "isnull", "isempty"))]


class NamedFields:
    """Of a formset whose rows stand in a table: each field is named by itself, as the head of its column names it to the
    eye alone.
    """

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for field in form.fields.values():
            field.widget.attrs["aria-label"] = field.label


class ListRows(NamedFields, forms.BaseModelFormSet):
    """Rows of a list, changed in it."""


class InlineRows(NamedFields, forms.BaseInlineFormSet):
    """Rows that belong to another."""


class OperatorAdmin(admin.ModelAdmin):
    """Rows an operator may change within their role; nothing is ever deleted here.

    `actions_unasked`: bulk actions that change nothing, or that ask on a page of their own; before every other one a page
    says how many rows it falls on and asks why.
    `linked_by`: columns that links ask the list for, besides its filters.
    `filtered_among`: how many of the newest rows a filter looks at, where no index fits the filters; 0 means all.
    """

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = EstimatingPaginator
    actions_unasked = ()
    formfield_overrides = {models.DateTimeField: {"form_class": forms.SplitDateTimeField, "widget": LabelledDateTime}}
    linked_by = ()
    filtered_among = 0

    def get_changelist(self, request, **kwargs):
        return LeanChangeList

    def lookup_allowed(self, lookup, value, request):
        """Only what the list's filters and links ask: Django itself would let an address ask any field of the rows, a
        secret one too, a letter at a time.
        """
        filters = self.get_list_filter(request)
        return lookup in self.linked_by or any(lookup in _asked_by(each, self.model) for each in filters)

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def get_object(self, request, object_id, from_field=None):
        """No row is called by what PostgreSQL can't even be asked about."""
        return None if "\0" in object_id else super().get_object(request, object_id, from_field)

    def get_changelist_formset(self, request, **kwargs):
        return _reasoned(super().get_changelist_formset(request, **{"formset": ListRows, **kwargs}), request)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        return _reasoned(form, request) if change else form

    def get_actions(self, request):
        actions = super().get_actions(request)
        for name, (action, _name, description) in actions.items():
            if name not in self.actions_unasked:
                actions[name] = (_asking_why(action, name, description), name, description)
        return actions

    def render_change_form(self, request, context, *args, **kwargs):
        return super().render_change_form(request, {"is_audited": is_audited(self.model), **context}, *args, **kwargs)

    def history_view(self, request, object_id, extra_context=None):
        """A row's history is what the audit holds of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not is_audited(self.model):
            raise Http404
        search = urlencode({"model": self.opts.label_lower, "object": object_id})
        return redirect(f"{reverse('admin:core_audittrail_changelist')}?{search}")

    def log_addition(self, request, obj, message):
        return self._log(request, obj, ADDITION, message)

    def log_change(self, request, obj, message):
        return self._log(request, obj, CHANGE, message)

    def _log(self, request, obj, flag: int, message) -> LogEntry:
        """Django's own list of recent acts names rows by number: a player's name must not outlive the player in it."""
        return LogEntry.objects.create(
            user_id=request.user.pk,
            content_type=ContentType.objects.get_for_model(obj),
            object_id=str(obj.pk),
            object_repr=f"{self.opts.verbose_name} #{obj.pk}"[:200],
            action_flag=flag,
            change_message=message if isinstance(message, str) else json.dumps(message),
        )


class ReadOnlyAdmin(OperatorAdmin):
    """Rows that only services write, in the one order that an index gives."""

    sortable_by = ()

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False
