"""The audit as operators read it: who, when, what, why, before and after; searched, never changed."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django import forms
from django.apps import apps
from django.contrib import admin
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, DateTimeField, Field
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.users.selectors import user_named
from casino_club.core import clock
from casino_club.core.admin import ReadOnlyAdmin
from casino_club.core.models import AuditTrail
from casino_club.web.audit.selectors import Change, Cursor, Search, changes, event_models, tracked

PAGE = 50
SALT = "audit.cursor"
# Words of a reason are looked for in this much of the audit, unless the dates say otherwise.
REASONS_WITHIN = timedelta(days=90)


def _models() -> list[tuple[str, str]]:
    known = {name: apps.get_model(name)._meta.verbose_name for name in map(tracked, event_models())}
    return [("", _("Everything")), *sorted(known.items(), key=lambda pair: str(pair[1]))]


class SearchForm(forms.Form):
    operator = forms.CharField(label=_("who"), required=False, max_length=100)
    commands = forms.BooleanField(label=_("commands only"), required=False)
    model = forms.ChoiceField(label=_("what"), required=False, choices=_models)
    object = forms.CharField(label=_("number"), required=False, max_length=40)
    reason = forms.CharField(label=_("why"), required=False, max_length=200)
    since = forms.DateTimeField(label=_("from"), required=False, widget=forms.TextInput(attrs={"type": "date"}))
    until = forms.DateTimeField(label=_("until"), required=False, widget=forms.TextInput(attrs={"type": "date"}))

    def search(self, now: datetime) -> Search | None:
        """What to look for; None when nobody has the name."""
        given = self.cleaned_data
        operator = user_named(given["operator"]) if given["operator"] else None
        if given["operator"] and operator is None:
            return None
        until = given["until"] and given["until"] + timedelta(days=1)
        since = given["since"]
        if given["reason"] and not since:
            since = (until or now) - REASONS_WITHIN
        return Search(
            operator_id=operator.pk if operator else None,
            commands=given["commands"],
            model=given["model"],
            object_id=given["object"].strip(),
            reason=given["reason"],
            since=since,
            until=until,
        )


@admin.register(AuditTrail)
class AuditTrailAdmin(ReadOnlyAdmin):
    """Rows of many tables in one list; there is no page of a single one."""

    class Media:
        css = {"all": ["css/operators-admin.css"]}

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = SearchForm(request.GET)
        search = form.search(clock.now()) if form.is_valid() else None
        found = changes(search, after=_cursor_in(request), limit=PAGE + 1) if search else []
        context = {
            **self.admin_site.each_context(request),
            "title": capfirst(AuditTrail._meta.verbose_name),
            "opts": self.opts,
            "form": form,
            "rows": [_line(change) for change in found[:PAGE]],
            "older": _older(request, found[PAGE - 1]) if len(found) > PAGE else None,
            "media": self.media,
        }
        return TemplateResponse(request, "operators/audit.html", context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        raise PermissionDenied


def _line(change: Change) -> dict:
    model = apps.get_model(change.model)
    columns = {field.column: field for field in model._meta.concrete_fields}
    who = change.operator
    if not who and (command := change.metadata.get("command")):
        who = f"manage.py {command} ({change.metadata.get('account', '')})"
    return {
        "at": change.at,
        "who": who,
        "label": model._meta.verbose_name,
        "model": change.model,
        "object": change.object_id,
        "act": ACTS.get(change.act, change.act),
        "kind": change.act,
        "reason": change.metadata.get("reason", ""),
        "request": change.metadata.get("request_id", ""),
        "fields": [_told(columns.get(name), name, before, after) for name, before, after in change.fields],
    }


def _told(field: Field | None, name: str, before: object, after: object) -> dict:
    """One column in the reader's words; of one that the model no longer has, the column's own name."""
    label = field.verbose_name if field else name
    return {"name": name, "label": label, "before": _shown(before, field), "after": _shown(after, field)}


def _shown(value: object, field: Field | None = None) -> object:
    """What a column holds: choices by their labels, moments without their fractions, JSON as JSON."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(field, BooleanField) and value is not None:
        return _("yes") if value else _("no")
    if isinstance(field, DateTimeField) and (moment := parse_datetime(str(value))):
        return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    return dict(field.flatchoices).get(value, value) if field else value


ACTS = {"insert": _("made"), "update": _("changed"), "delete": _("removed")}


def _older(request: HttpRequest, last: Change) -> str:
    """The address of the next page: the same search from behind the last row, signed."""
    position = [last.cursor.at.isoformat(), last.cursor.position, last.cursor.pgh_id]
    given = {name: value for name, value in request.GET.items() if name != "after"}
    return "?" + urlencode({**given, "after": signing.dumps(position, salt=SALT)})


def _cursor_in(request: HttpRequest) -> Cursor | None:
    """Where to go on; a broken cursor begins anew."""
    try:
        at, position, pgh_id = signing.loads(request.GET.get("after", ""), salt=SALT)
    except signing.BadSignature:
        return None
    return Cursor(parse_datetime(at), position, pgh_id)
