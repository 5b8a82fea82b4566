"""Proving the books: every invariant against one snapshot of the database."""

import json

from django.db import connection, transaction

from casino_club.core import metrics
from economy.reconcile.rules import Finding, Invariant, Report
from economy.reconcile.selectors import invariants

EXAMPLES = 5

_violations = metrics.gauge(
    "ledger_invariant_violations", "Rows that break an invariant of the books, by the last run.", ["invariant"]
)


def reconcile() -> Report:
    """Check every invariant in one REPEATABLE READ snapshot, read only. Refuses to run inside a transaction."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # A full check reads every entry; it may take longer than any request may.
            cursor.execute("SET LOCAL statement_timeout = 0")
        findings = [_check(invariant) for invariant in invariants()]
    for finding in findings:
        _violations.labels(finding.invariant.name).set(finding.violations)
    return Report(findings)


def _check(invariant: Invariant) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH broken AS MATERIALIZED ({invariant.sql})
            SELECT (SELECT count(*) FROM broken),
                   (SELECT coalesce(json_agg(b), '[]')::text FROM (SELECT * FROM broken LIMIT {EXAMPLES}) AS b)
            """  # noqa: S608 - the SQL of an invariant is reviewed code, never input
        )
        violations, examples = cursor.fetchone()
    return Finding(invariant, violations, json.loads(examples))
