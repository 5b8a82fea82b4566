"""Reading an inbox."""

from django.db.models import QuerySet

from accounts.inbox.models import Notification


def notifications_of(player_id: int, *, unread: bool | None = None) -> QuerySet[Notification]:
    """The player's notifications, the newest first; with `unread` only those that are, or are not."""
    found = Notification.objects.filter(player_id=player_id).order_by("-created_at", "-id")
    return found if unread is None else found.filter(read_at__isnull=unread)


def count_unread(player_id: int) -> int:
    """How many the player has not read; an index answers alone."""
    return Notification.objects.filter(player_id=player_id, read_at__isnull=True).count()
