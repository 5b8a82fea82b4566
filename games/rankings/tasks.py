"""Beat's duty for rankings."""

from celery import shared_task

from casino_club.core import clock
from games.rankings import services


@shared_task(name="games.close_rankings")
def close_rankings() -> None:
    services.close_boards(now=clock.now())
