"""`manage.py catalogues`: compile translations; `--update` collects msgids, `--check` names those without Korean or with two."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from casino_club.core import catalogues


class Command(BaseCommand):
    help = "Compile the translation catalogues that are out of date (needs no GNU gettext)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--update", action="store_true", help="collect the texts of the code into the .po files")
        parser.add_argument("--check", action="store_true", help="exit 1 naming every text that has no Korean, or two")
        parser.add_argument("--area", choices=list(catalogues.SOURCES), help="only this area")

    def handle(self, *args, update: bool, check: bool, area: str | None, **options) -> None:
        chosen = [one for one in catalogues.areas(settings.BASE_DIR) if area in (None, one.name)]
        if check:
            self._check(chosen)
            return
        for one in chosen:
            if update and catalogues.update(one):
                self.stdout.write(f"{one.name}: texts collected")
            if catalogues.compile_area(one):
                self.stdout.write(f"{one.name}: compiled")

    def _check(self, chosen: list[catalogues.Area]) -> None:
        missing = [line for one in chosen for line in catalogues.gaps(one)]
        differing = catalogues.disagreements(catalogues.areas(settings.BASE_DIR))
        for line in [*missing, *differing]:
            self.stderr.write(line)
        if missing or differing:
            raise CommandError(f"{len(missing)} texts lack their Korean, {len(differing)} have two.")
