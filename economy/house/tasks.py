"""Beat's duties: hours that are over are folded, and once a night those of two days again."""

from celery import shared_task

from casino_club.core import clock
from economy.house.services import fold


@shared_task(name="economy.fold_house_hours")
def fold_house_hours() -> None:
    fold(now=clock.now())


@shared_task(name="economy.fold_house_hours_again")
def fold_house_hours_again() -> None:
    fold(now=clock.now(), again=True)
