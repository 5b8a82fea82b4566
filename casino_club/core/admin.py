"""What every admin page of ours has: read-only unless said otherwise, no delete, lists that stay fast."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import connection
from django.utils.functional import cached_property

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
