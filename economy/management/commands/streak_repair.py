"""`manage.py streak_repair`: put streaks right, or show what that would do."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from casino_club.core import clock
from economy.streaks.repair import repair
from economy.streaks.rules import RepairAction


class Command(BaseCommand):
    help = "Makes every streak what its days say: drift is repaired, misses spend protections or end the run."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, help="The game day to judge by, YYYY-MM-DD; today's.")
        parser.add_argument("--dry-run", action="store_true", help="Change nothing; say what would be done.")

    def handle(self, *args, **options) -> None:
        now = clock.now()
        if options["date"] and options["date"] > clock.game_date(now):
            raise CommandError(f"{options['date']} has not begun: its misses are not known.")
        report = repair(now=now, today=options["date"], dry_run=options["dry_run"])
        if report is None:
            raise CommandError("Another repair is under way.")
        self.stdout.write(f"{report.date}: {report.players} players, {report.active_streaks} active streaks")
        for action in RepairAction:
            self.stdout.write(f"  {action:<20}{getattr(report, action):>10}")
        self.stdout.write(f"  {'players_skipped':<20}{report.players_skipped:>10}")
        if report.failures:
            players = ", ".join(str(failure["player_id"]) for failure in report.failures)
            raise CommandError(f"Failed for players: {players}", returncode=1)
