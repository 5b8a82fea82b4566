"""Beat's duty for the odds book."""

from celery import shared_task

from casino_club.core import clock
from games.odds import services


@shared_task(name="games.observe_odds")
def observe_odds() -> None:
    services.observe(now=clock.now())
