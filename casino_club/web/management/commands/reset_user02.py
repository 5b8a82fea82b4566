"""`manage.py reset_user02`: bring the development account user002 back to nothing."""

from django.core.management.base import BaseCommand, CommandError

from casino_club.core import clock
from casino_club.core.errors import DomainError
from casino_club.web.dev.services import SITE_ID, are_open, reset_user02


class Command(BaseCommand):
    help = "Brings user002 back to nothing, by ledger entries. Development only."

    def handle(self, *args, **options) -> None:
        if not are_open():
            raise CommandError("This exists in development only.")
        try:
            user = reset_user02(now=clock.now())
        except DomainError as refusal:
            raise CommandError(f"{SITE_ID} was not reset: {refusal}") from refusal
        self.stdout.write(f"{SITE_ID} is {user.nickname} now, with no gold, no XP and no streak.")
