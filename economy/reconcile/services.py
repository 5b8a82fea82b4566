"""Proving the books: every invariant against one snapshot of the database; and healing what is derived."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from casino_club.core import alerts, metrics
from casino_club.core.errors import DomainError
from casino_club.core.models import Alert
from economy.reconcile.models import ReconcileReport
from economy.reconcile.rules import Finding, Invariant, Report
from economy.reconcile.selectors import checkpoint, invariant_named, invariants

log = structlog.get_logger(__name__)
EXAMPLES = 5
PLAYERS_AT_ONCE = 100
ALERT = "ledger_violation"
ROWS = gettext_noop("Rows that break it: %(violations)s.")

_duration = metrics.histogram(
    "reconcile_duration_seconds", "How long a proof of the books took.", ["scope"], (0.1, 0.5, 1, 5, 15, 60, 300, 1800)
)


class NoHealing(DomainError):
    code = "no_healing"
    message = _("What this invariant speaks of can't be rebuilt from anything.")


@dataclass(frozen=True, slots=True)
class Healed:
    """How many players had rows that broke the invariant, and how many rows were set right (would be, on a dry run)."""

    players: int
    rows: int


def reconcile(after: dict[str, int] | None = None) -> Report:
    """Check the invariants in one REPEATABLE READ snapshot, read only. Refuses to run inside a transaction.

    All of them over everything; or, given a checkpoint, the bounded forms over what came after it.
    """
    everything = invariants()
    tables = {part.table for invariant in everything for part in invariant.recent}
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # A full check reads every entry; it may take longer than any request may.
            cursor.execute("SET LOCAL statement_timeout = 0")
        marks = {table: _highest_id(table) for table in sorted(tables)}
        if after is None:
            findings = [_check(invariant, [(_literally(invariant.sql), {})]) for invariant in everything]
        else:
            findings = [
                _check(invariant, [(part.sql, {"after": after.get(part.table, 0)}) for part in invariant.recent])
                for invariant in everything
                if invariant.recent
            ]
    return Report(findings, marks)


def run(*, scope: str, now: datetime) -> ReconcileReport:
    """Check everything (`full`) or what came since the checkpoint (`recent`), keep the report, and tell the operators.

    A violation is a critical alert; a full run that finds it gone resolves it.
    """
    began = perf_counter()
    report = reconcile(checkpoint() if scope == ReconcileReport.Scope.RECENT else None)
    seconds = perf_counter() - began
    _duration.labels(scope).observe(seconds)
    with transaction.atomic():
        for finding in report.findings:
            _tell(finding, scope, now)
        return ReconcileReport.objects.create(
            scope=scope,
            started_at=now,
            seconds=round(seconds, 3),
            violations=report.violations,
            findings=[
                {
                    "name": found.invariant.name,
                    "explanation": found.invariant.explanation,
                    "violations": found.violations,
                    "examples": found.examples,
                }
                for found in report.findings
            ],
            marks=report.marks,
        )


def heal(*, name: str, operator_id: int | None, reason: str, dry_run: bool, now: datetime) -> Healed:
    """Rebuild what breaks an invariant, a hundred players at a time; nothing on a dry run. Raises NoHealing."""
    invariant = invariant_named(name)
    if invariant is None or invariant.heal is None:
        raise NoHealing
    players = _broken_players(invariant)
    rows = 0
    for start in range(0, len(players), PLAYERS_AT_ONCE):
        batch = players[start : start + PLAYERS_AT_ONCE]
        with transaction.atomic(durable=True):
            rows += invariant.heal(batch, operator_id=operator_id, reason=reason, now=now)
            transaction.set_rollback(dry_run)
    if not dry_run:
        log.warning("books_healed", invariant=name, players=len(players), rows=rows, operator=operator_id)
    return Healed(len(players), rows)


def _tell(finding: Finding, scope: str, now: datetime) -> None:
    name = finding.invariant.name
    if finding.violations:
        alerts.raise_alert(
            rule=ALERT,
            key=name,
            severity=Alert.Severity.CRITICAL,
            message=f"{finding.invariant.explanation}\n{ROWS}",
            facts={"violations": f"{finding.violations:,}"},
            now=now,
        )
    elif scope == ReconcileReport.Scope.FULL:
        alerts.resolve(rule=ALERT, key=name, now=now)


def _check(invariant: Invariant, forms: Sequence[tuple[str, dict]]) -> Finding:
    violations, examples = 0, []
    for sql, parameters in forms:
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                WITH broken AS MATERIALIZED ({sql})
                SELECT (SELECT count(*) FROM broken),
                       (SELECT coalesce(json_agg(b), '[]')::text FROM (SELECT * FROM broken LIMIT {EXAMPLES}) AS b)
                """,  # noqa: S608 - the SQL of an invariant is reviewed code, never input
                parameters,
            )
            count, found = cursor.fetchone()
        violations += count
        examples += json.loads(found)
    return Finding(invariant, violations, examples[:EXAMPLES])


def _literally(sql: str) -> str:
    """SQL without parameters, for a connection that may be given some (the audit names who acts by such)."""
    return sql.replace("%", "%%")


def _highest_id(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")  # noqa: S608 - a name from reviewed code
        return cursor.fetchone()[0]


def _broken_players(invariant: Invariant) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT {invariant.player} FROM ({_literally(invariant.sql)}) AS broken ORDER BY 1",  # noqa: S608
            {},
        )
        return [player for (player,) in cursor.fetchall()]
