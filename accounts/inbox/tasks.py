"""Old notifications are swept away."""

from celery import shared_task

from accounts.inbox import services
from casino_club.core import clock


@shared_task(name="accounts.purge_notifications")
def purge_notifications() -> None:
    services.purge(now=clock.now())
