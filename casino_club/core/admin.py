"""What every admin page of ours has: read-only unless said otherwise, no delete, lists that stay fast."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import connection
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from casino_club.core import clock
from casino_club.core.models import Alert

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


class OperatorAdmin(admin.ModelAdmin):
    """Rows an operator may change within their role; nothing is ever deleted here."""

    list_per_page = 50
    show_full_result_count = False
    paginator = EstimatingPaginator

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


class ReadOnlyAdmin(OperatorAdmin):
    """Rows that only services write."""

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    list_display = ["last_seen_at", "severity", "rule", "message", "times", "resolved_at", "acknowledged_by"]
    list_filter = ["severity", "rule", ("resolved_at", admin.EmptyFieldListFilter)]
    list_select_related = ["acknowledged_by"]
    actions = ["acknowledge"]

    @admin.action(description=_("Acknowledge"), permissions=["acknowledge"])
    def acknowledge(self, request, queryset):
        queryset.filter(acknowledged_at__isnull=True).update(acknowledged_at=clock.now(), acknowledged_by=request.user)

    def has_acknowledge_permission(self, request) -> bool:
        return request.user.has_perm("core.change_alert")
