"""`manage.py seed_basic`: the accounts and things that come with the house."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from casino_club.core import clock
from casino_club.core.errors import DomainError
from casino_club.web.seed.services import ACCOUNTS, accounts_that_cannot_sign_in, seed_basic


class Command(BaseCommand):
    help = "Create the basic accounts, the invite code and the demo content where they are missing."

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="Sign in as each seeded account instead; exit 1 if one cannot."
        )
        parser.add_argument(
            "--yes-production",
            action="store_true",
            help="Seed a production database: accounts get one-time passwords, printed once.",
        )

    def handle(self, *, check: bool, yes_production: bool, **options):
        if check:
            self._check()
            return
        if settings.PRODUCTION and not yes_production:
            raise CommandError("This is production. Say --yes-production if you mean it.")
        try:
            _made, passwords = seed_basic(now=clock.now())
        except DomainError as refusal:
            raise CommandError(f"Nothing was seeded: {refusal}") from refusal
        for site_id, password in passwords.items():
            self.stdout.write(f"{site_id}: {password} (one-time password, shown only now)")

    def _check(self) -> None:
        if settings.PRODUCTION:
            raise CommandError("--check knows the development passwords only; one-time passwords are kept nowhere.")
        failing = accounts_that_cannot_sign_in(now=clock.now())
        if failing:
            raise CommandError(f"These accounts cannot sign in: {', '.join(failing)}")
        self.stdout.write(f"All {len(ACCOUNTS)} seeded accounts can sign in.")
