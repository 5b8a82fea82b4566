"""The invariants of every app, each declared beside what it is about, and what earlier runs found."""

from datetime import timedelta
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from economy.reconcile.models import ReconcileReport
from economy.reconcile.rules import Invariant

# Longer than any transaction lives (LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS): a row whose id is below a mark, but that
# was committed only after the mark was taken, was committed by then.
IN_FLIGHT = timedelta(minutes=10)


def invariants() -> list[Invariant]:
    """Those in the `invariants` module of each installed app, in the apps' order; names are unique."""
    found: dict[str, Invariant] = {}
    for config in apps.get_app_configs():
        if not module_has_submodule(config.module, "invariants"):
            continue
        for invariant in import_module(f"{config.name}.invariants").INVARIANTS:
            if invariant.name in found:
                raise ValueError(f"Two invariants are called {invariant.name}.")
            found[invariant.name] = invariant
    return list(found.values())


def invariant_named(name: str) -> Invariant | None:
    """The invariant of that name."""
    return next((invariant for invariant in invariants() if invariant.name == name), None)


def checkpoint() -> dict[str, int]:
    """Where a bounded run begins: the marks of the last run that began well before the latest one.

    So every row is looked at twice, and one that was still being written at the latest run is not missed. Empty before
    the second run: then a bounded run looks at everything.
    """
    latest = ReconcileReport.objects.order_by("-started_at", "-id").first()
    if latest is None:
        return {}
    before = ReconcileReport.objects.filter(started_at__lte=latest.started_at - IN_FLIGHT)
    base = before.order_by("-started_at", "-id").first()
    return base.marks if base else {}


def standing() -> ReconcileReport | None:
    """How the books stand. What only looks at new rows finds nothing of what was broken before: from the latest full
    proof on, the latest report that found something speaks, and the latest one where none did.
    """
    reports = ReconcileReport.objects.order_by("-started_at", "-id")
    full = reports.filter(scope=ReconcileReport.Scope.FULL).first()
    since = reports.filter(started_at__gte=full.started_at) if full else reports
    return since.filter(violations__gt=0).first() or reports.first()
