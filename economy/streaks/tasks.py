"""Beat's duty: streaks are put right."""

from celery import shared_task

from casino_club.core import clock
from economy.streaks.repair import repair


@shared_task(name="economy.repair_streaks")
def repair_streaks() -> None:
    repair(now=clock.now())
