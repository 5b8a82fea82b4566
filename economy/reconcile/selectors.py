"""The invariants of every app, each declared beside what it is about, and what earlier runs found."""

from datetime import timedelta
from importlib import import_module

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils.module_loading import module_has_submodule

from casino_club.core import metrics
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
    reports = _since_full()
    return reports.filter(violations__gt=0).first() or reports.first()


def violations() -> dict[str, int]:
    """The rows that break each invariant, as they stand in the same reports: the most that one of them found."""
    found: dict[str, int] = {}
    for findings in _since_full().values_list("findings", flat=True):
        for finding in findings:
            found[finding["name"]] = max(found.get(finding["name"], 0), finding["violations"])
    return found


def _since_full() -> QuerySet[ReconcileReport]:
    """The latest full proof and what came after it, the newest first; all reports where none was full."""
    reports = ReconcileReport.objects.order_by("-started_at", "-id")
    full = reports.filter(scope=ReconcileReport.Scope.FULL).first()
    return reports.filter(Q(pk=full.pk) | Q(started_at__gt=full.started_at)) if full else reports


metrics.standing(
    "ledger_invariant_violations",
    "Rows that break an invariant of the books, by the latest full proof and bounded ones since.",
    lambda: {(name,): rows for name, rows in violations().items()},
    ["invariant"],
)
