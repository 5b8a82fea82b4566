"""Beat's duties for events and the battle pass."""

from celery import shared_task

from casino_club.core import clock
from events.battlepass import services as battlepass
from events.live import services as live


@shared_task(name="events.complete_reached")
def complete_reached() -> None:
    live.complete_reached(now=clock.now())


@shared_task(name="events.settle_seasons")
def settle_seasons() -> None:
    battlepass.settle(now=clock.now())
