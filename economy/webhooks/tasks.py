"""Webhooks go out every few seconds; what was settled long ago goes."""

from celery import shared_task

from casino_club.core import clock
from economy.webhooks import delivery


@shared_task(name="economy.deliver_webhooks")
def deliver_webhooks() -> None:
    delivery.deliver_due(now=clock.now())


@shared_task(name="economy.purge_webhooks")
def purge_webhooks() -> None:
    delivery.purge(now=clock.now())
