"""`manage.py reset_second_factor`: when nobody is left who could do it in the admin."""

from django.core.management.base import BaseCommand, CommandError

from accounts.twofactor.services import reset
from accounts.users.selectors import user_named
from casino_club.core import clock
from casino_club.core.errors import NotFound


class Command(BaseCommand):
    help = "Takes the second factor off an operator who lost it, and ends their sessions."

    def add_arguments(self, parser) -> None:
        parser.add_argument("site_id", help="The operator's sign-in name.")
        parser.add_argument("--reason", required=True, help="For the audit; no personal data.")

    def handle(self, *, site_id: str, reason: str, **options) -> None:
        user = user_named(site_id)
        if user is None:
            raise CommandError(f"Nobody is called {site_id}.")
        try:
            reset(user_id=user.pk, operator_id=None, reason=reason, now=clock.now())
        except NotFound as error:
            raise CommandError(f"{site_id} has no second factor.") from error
        self.stdout.write(f"{site_id} sets up a new second factor at the next sign-in.")
