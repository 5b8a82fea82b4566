"""Rounds that nobody came back for."""

from celery import shared_task

from games.crash.services import sweep


@shared_task(name="games.sweep_crash_rounds")
def sweep_crash_rounds() -> int:
    return sweep()
