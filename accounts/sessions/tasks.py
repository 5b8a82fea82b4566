"""Sessions long over are swept away."""

from celery import shared_task

from accounts.sessions import services
from casino_club.core import clock


@shared_task(name="accounts.purge_sessions")
def purge_sessions() -> None:
    services.purge(now=clock.now())
