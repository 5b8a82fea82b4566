"""Beat's duties: the books are proved, hourly what is new, nightly everything."""

from celery import shared_task

from casino_club.core import clock
from economy.reconcile.models import ReconcileReport
from economy.reconcile.services import run


@shared_task(name="economy.reconcile_recent")
def reconcile_recent() -> None:
    run(scope=ReconcileReport.Scope.RECENT, now=clock.now())


@shared_task(name="economy.reconcile_full")
def reconcile_full() -> None:
    run(scope=ReconcileReport.Scope.FULL, now=clock.now())
