"""What every admin page of ours has: read-only unless said otherwise, no delete, lists that stay fast."""

import json
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import connection
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from casino_club.core import audit

ESTIMATE_ABOVE = 10_000


class EstimatingPaginator(Paginator):
    """Counts small tables exactly; of a large unfiltered one it takes the planner's estimate."""

    @cached_property
    def count(self) -> int:
        query = self.object_list.query
        if not query.where:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [query.model._meta.db_table]
                )
                (estimate,) = cursor.fetchone()
            if estimate > ESTIMATE_ABOVE:
                return estimate
        return super().count


class ReasonedActionForm(ActionForm):
    """Bulk actions ask why; the answer goes into the audit (`audit.REASON_FIELD`)."""

    audit_reason = forms.CharField(label=_("why"), required=False, max_length=audit.REASON_MAX)


class OperatorAdmin(admin.ModelAdmin):
    """Rows an operator may change within their role; nothing is ever deleted here."""

    list_per_page = 50
    show_full_result_count = False
    paginator = EstimatingPaginator
    action_form = ReasonedActionForm

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def history_view(self, request, object_id, extra_context=None):
        """A row's history is what the audit holds of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
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
    """Rows that only services write."""

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False
