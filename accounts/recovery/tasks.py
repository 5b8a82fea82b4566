"""Mails for new passwords go out every few seconds."""

from celery import shared_task

from accounts.recovery import services
from casino_club.core import clock


@shared_task(name="accounts.send_password_resets")
def send_password_resets() -> None:
    services.send_due(now=clock.now())
