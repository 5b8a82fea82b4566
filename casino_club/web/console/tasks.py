"""Beat's duty: the players online are counted every five minutes."""

from celery import shared_task

from casino_club.core import clock
from casino_club.web.console import samples


@shared_task(name="web.sample_online_players")
def sample_online_players() -> None:
    samples.take(now=clock.now())
