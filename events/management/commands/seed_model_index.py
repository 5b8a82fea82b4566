"""`manage.py seed_model_index`: bring out the model index event, unless one has not ended yet."""

from django.core.management.base import BaseCommand

from casino_club.core import clock
from events.live import operations


class Command(BaseCommand):
    help = "Bring out the model index event, unless one has not ended yet."

    def handle(self, *args, **options):
        seeded = operations.seed(operator_id=None, now=clock.now())
        state = "is already on" if seeded.idempotent else "is on"
        self.stdout.write(
            f"{seeded.event.title} (id {seeded.event.pk}) {state} until {seeded.event.end_date:%Y-%m-%d}."
        )
