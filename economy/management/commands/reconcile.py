"""`manage.py reconcile`: prove the books; exit 1 and name what is broken otherwise."""

import json

from django.core.management.base import BaseCommand, CommandError

from casino_club.core import clock
from casino_club.core.errors import DomainError
from economy.reconcile.models import ReconcileReport
from economy.reconcile.services import heal, run


class Command(BaseCommand):
    help = "Checks every invariant of the books in one snapshot of the database. Exits 1 when one is broken."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--json", action="store_true", help="Write the report as JSON.")
        parser.add_argument("--recent", action="store_true", help="Only what came since the last checkpoint.")
        parser.add_argument("--heal", metavar="INVARIANT", help="First rebuild what breaks this one, if it is derived.")
        parser.add_argument("--dry-run", action="store_true", help="With --heal: count only, change nothing.")

    def handle(self, *args, **options) -> None:
        if options["dry_run"] and not options["heal"]:
            raise CommandError("--dry-run belongs to --heal.")
        if options["heal"]:
            self._heal(options["heal"], dry_run=options["dry_run"])
        scope = ReconcileReport.Scope.RECENT if options["recent"] else ReconcileReport.Scope.FULL
        report = run(scope=scope, now=clock.now())
        self.stdout.write(_as_json(report) if options["json"] else _as_table(report))
        if report.violations:
            broken = [finding["name"] for finding in report.findings if finding["violations"]]
            raise CommandError(f"Broken: {', '.join(broken)}", returncode=1)

    def _heal(self, name: str, *, dry_run: bool) -> None:
        try:
            healed = heal(name=name, operator_id=None, reason="manage.py reconcile", dry_run=dry_run, now=clock.now())
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        verb = "would be" if dry_run else "were"
        self.stderr.write(f"{name}: {healed.rows} rows of {healed.players} players {verb} set right.")


def _as_json(report: ReconcileReport) -> str:
    return json.dumps(
        {
            "ok": not report.violations,
            "scope": report.scope,
            "seconds": report.seconds,
            "violations": report.violations,
            "invariants": report.findings,
        },
        ensure_ascii=False,
        indent=2,
    )


def _as_table(report: ReconcileReport) -> str:
    width = max((len(finding["name"]) for finding in report.findings), default=0)
    lines = []
    for finding in report.findings:
        verdict = f"{finding['violations']} broken" if finding["violations"] else "ok"
        lines.append(f"{finding['name']:<{width}}  {verdict}")
        if finding["violations"]:
            lines.append(f"    {finding['explanation']}")
            lines.extend(f"    {json.dumps(example, ensure_ascii=False)}" for example in finding["examples"])
    lines.append(f"{len(report.findings)} invariants, {report.violations} violations.")
    return "\n".join(lines)
