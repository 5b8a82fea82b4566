"""`manage.py reconcile`: prove the books; exit 1 and name what is broken otherwise."""

import json

from django.core.management.base import BaseCommand, CommandError

from economy.reconcile.rules import Report
from economy.reconcile.services import reconcile


class Command(BaseCommand):
    help = "Checks every invariant of the books in one snapshot of the database. Exits 1 when one is broken."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--json", action="store_true", help="Write the report as JSON.")

    def handle(self, *args, **options) -> None:
        report = reconcile()
        self.stdout.write(_as_json(report) if options["json"] else _as_table(report))
        if report.violations:
            broken = [finding.invariant.name for finding in report.findings if finding.violations]
            raise CommandError(f"Broken: {', '.join(broken)}", returncode=1)


def _as_json(report: Report) -> str:
    return json.dumps(
        {
            "ok": not report.violations,
            "violations": report.violations,
            "invariants": [
                {
                    "name": finding.invariant.name,
                    "explanation": finding.invariant.explanation,
                    "violations": finding.violations,
                    "examples": finding.examples,
                }
                for finding in report.findings
            ],
        },
        ensure_ascii=False,
        indent=2,
    )


def _as_table(report: Report) -> str:
    width = max((len(finding.invariant.name) for finding in report.findings), default=0)
    lines = []
    for finding in report.findings:
        verdict = f"{finding.violations} broken" if finding.violations else "ok"
        lines.append(f"{finding.invariant.name:<{width}}  {verdict}")
        if finding.violations:
            lines.append(f"    {finding.invariant.explanation}")
            lines.extend(f"    {json.dumps(example, ensure_ascii=False)}" for example in finding.examples)
    lines.append(f"{len(report.findings)} invariants, {report.violations} violations.")
    return "\n".join(lines)
