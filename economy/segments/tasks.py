"""Beat's duty: once a night everybody is segmented anew."""

from celery import shared_task

from casino_club.core import clock
from economy.segments.services import segment_players


@shared_task(name="economy.segment_players")
def nightly_segmentation() -> None:
    segment_players(now=clock.now())
