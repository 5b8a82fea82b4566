"""Windows that are over are swept away."""

from celery import shared_task

from accounts.lockout import services
from casino_club.core import clock


@shared_task(name="accounts.purge_sign_in_attempts")
def purge_sign_in_attempts() -> None:
    services.purge(now=clock.now())
