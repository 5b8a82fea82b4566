"""Beat's duty: what judges purchases is itself watched."""

from celery import shared_task

from casino_club.core import clock
from economy.fraud.watch import watch


@shared_task(name="economy.watch_fraud")
def watch_fraud() -> None:
    watch(now=clock.now())
