"""`manage.py fraud_backtest`: past decisions under a candidate file; without one, made again by their own rules."""

from datetime import timedelta
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from casino_club.core import clock
from economy.fraud.parsing import MalformedRules, parse
from economy.fraud.rules import RuleSet, Tier
from economy.fraud.selectors import Backtest, backtest, replay

DAYS_MOST = 3650


class Command(BaseCommand):
    help = (
        "Judges past card purchases by the rules of FILE and lists the decisions that would flip. Without FILE every "
        "decision is made again by the rules it was made by; exits 1 if one comes out otherwise. Changes nothing."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
        parser.add_argument("--days", type=int, default=7, help="How far back (7).")

    def handle(self, *args, **options) -> None:
        if not 1 <= options["days"] <= DAYS_MOST:
            raise CommandError(f"--days is from 1 to {DAYS_MOST}.", returncode=2)
        since = clock.now() - timedelta(days=options["days"])
        if options["file"] is None:
            examined, differing = replay(since=since)
            self.stdout.write(f"{examined:,} decisions made again, {len(differing):,} came out otherwise.")
            if differing:
                raise CommandError(f"Not reproducible: {', '.join(map(str, differing[:20]))}", returncode=1)
            return
        candidate = _candidate(options["file"])
        self.stdout.write("\n".join(_lines(candidate, backtest(candidate=candidate, since=since))))


def _candidate(path: Path) -> RuleSet:
    try:
        return parse(path.read_bytes())
    except OSError as error:
        raise CommandError(f"Could not read {path}: {error.strerror}", returncode=2) from error
    except MalformedRules as error:
        raise CommandError(f"{path}: {error}", returncode=2) from error


def _lines(candidate: RuleSet, found: Backtest) -> list[str]:
    lines = [f"Rules {candidate.version}: {found.examined:,} decisions, {found.flipped:,} would flip.", ""]
    lines.append(f"{'was / would be':<16}" + "".join(f"{after:>12}" for after in Tier))
    lines += [f"{before:<16}" + "".join(f"{found.moves[before, after]:>12,}" for after in Tier) for before in Tier]
    lines += ["", f"{'rule':<32}{'hits then':>12}{'hits now':>12}"]
    for rule_id in sorted(found.hits_before.keys() | found.hits_after.keys()):
        lines.append(f"{rule_id:<32}{found.hits_before[rule_id]:>12,}{found.hits_after[rule_id]:>12,}")
    if found.flips:
        lines += ["", f"The latest {len(found.flips)} of them:"]
    for flip in found.flips:
        rules = ", ".join(flip.after.matched) or "no rule"
        lines.append(
            f"  #{flip.audit.pk} {flip.audit.created_at:%Y-%m-%d %H:%M} {flip.audit.action} {flip.audit.amount:,} KRW: "
            f"{flip.before} ({flip.audit.score}) -> {flip.after.tier} ({flip.after.score}; {rules})"
        )
    return lines
