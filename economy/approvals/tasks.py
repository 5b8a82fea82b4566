"""Requests that waited too long are closed."""

from celery import shared_task

from casino_club.core import clock
from economy.approvals import services


@shared_task(name="economy.expire_approvals")
def expire_approvals() -> None:
    services.expire(now=clock.now())
