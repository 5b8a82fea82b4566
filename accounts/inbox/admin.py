"""What was told to players, as operators see it."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.inbox.models import Notification, OperatorMessage
from accounts.player_admin import OfPlayerAdmin
from casino_club.core.admin import ReadOnlyAdmin


@admin.register(Notification)
class NotificationAdmin(OfPlayerAdmin):
    list_display = ["created_at", "player", "title", "read_at"]
    fields = ["player", "created_at", "read_at", "title", "text"]

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
