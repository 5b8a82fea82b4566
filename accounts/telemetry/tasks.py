"""Telemetry is written down and swept away."""

from celery import shared_task

from accounts.telemetry import services
from casino_club.core import clock


@shared_task(name="accounts.flush_telemetry")
def flush_telemetry() -> None:
    services.flush(now=clock.now())
    services.keep_visits(now=clock.now())


@shared_task(name="accounts.purge_telemetry")
def purge_telemetry() -> None:
    services.purge(now=clock.now())
