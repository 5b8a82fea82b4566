"""`manage.py segment_players`: tonight's segmentation now, or that of a day gone by again."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from casino_club.core import clock
from casino_club.core.errors import DomainError
from economy.segments.services import segment_players


class Command(BaseCommand):
    help = "Puts every player into a segment by recency, frequency and spend as they stood when the game day began."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, help="The game day, YYYY-MM-DD; today.")
        parser.add_argument("--again", action="store_true", help="Also when that day is done.")

    def handle(self, *args, **options) -> None:
        now = clock.now()
        if options["date"] and options["date"] > clock.game_date(now):
            raise CommandError(f"{options['date']} has not begun.")
        try:
            report = segment_players(now=now, today=options["date"], again=options["again"])
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        if report is None:
            raise CommandError("Another segmentation is under way.")
        self.stdout.write(f"{report.date}: {report.players} players, {report.changed} moved, {report.seconds} s")
        for segment, size in report.sizes.items():
            self.stdout.write(f"  {segment:<14}{size:>10}")
