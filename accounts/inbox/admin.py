"""What was told to players, as operators see it."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.inbox.models import Notification, OperatorMessage
from accounts.users.selectors import user_named
from casino_club.core.admin import ReadOnlyAdmin


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "player", "title", "read_at"]
    list_select_related = ["player"]
    search_fields = ["player__site_id"]
    search_help_text = _("Search by the exact sign-in name or nickname.")
    ordering = ["-id"]
    fields = ["player", "created_at", "read_at", "title", "text"]

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        player = user_named(search_term.strip())
        return (queryset.filter(player=player) if player else queryset.none()), False

    @admin.display(description=_("title"))
    def title(self, notification: Notification) -> str:
        return notification.title

    @admin.display(description=_("text"))
    def text(self, notification: Notification) -> str:
        return notification.text


@admin.register(OperatorMessage)
class OperatorMessageAdmin(ReadOnlyAdmin):
    """Sent from the list of users."""

    list_display = ["created_at", "operator", "reason", "recipients"]
    list_select_related = ["operator"]
    ordering = ["-id"]
