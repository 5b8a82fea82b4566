"""Beat's duty: what waited too long for its payment is put back on the shelf."""

from celery import shared_task

from casino_club.core import clock
from economy.shop.services import release_expired


@shared_task(name="economy.release_expired_purchases")
def release_expired_purchases() -> None:
    release_expired(now=clock.now())
