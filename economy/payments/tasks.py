"""Beat's duties: refunds are carried to their providers, and failing payments are noticed."""

from celery import shared_task

from casino_club.core import clock
from economy.payments import refunds, watch


@shared_task(name="economy.send_refunds")
def send_refunds() -> None:
    refunds.send_due(now=clock.now())


@shared_task(name="economy.watch_payment_failures")
def watch_payment_failures() -> None:
    watch.watch_failures(now=clock.now())
