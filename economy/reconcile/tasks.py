"""Beat's duties: the books are proved, hourly what is new, nightly everything."""

from contextlib import nullcontext

from celery import shared_task

from casino_club.core import audit, clock, jobs
from economy.reconcile.models import ReconcileReport
from economy.reconcile.services import run

ONE_AT_A_TIME = 0x50524F56  # this job's name among PostgreSQL's advisory locks


@shared_task(name="economy.reconcile_recent")
def reconcile_recent() -> None:
    run(scope=ReconcileReport.Scope.RECENT, now=clock.now())


@shared_task(name="economy.reconcile_full")
def reconcile_full(operator_id: int | None = None) -> None:
    """Nightly, and when an operator asks; while one run proves everything, another has nothing to add."""
    named = audit.acting(operator_id=operator_id, reason="reconcile") if operator_id else nullcontext()
    with jobs.only_run_of(ONE_AT_A_TIME) as alone, named:
        if alone:
            run(scope=ReconcileReport.Scope.FULL, now=clock.now())
