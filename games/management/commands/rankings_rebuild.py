"""`manage.py rankings_rebuild`: fill the running boards in Redis anew from the Tally."""

from django.core.management.base import BaseCommand, CommandError
from redis.exceptions import RedisError

from casino_club.core import clock
from games.rankings.services import rebuild_live


class Command(BaseCommand):
    help = "Rebuild the running rankings in Redis from the ledger's Tally."

    def handle(self, *args, **options) -> None:
        try:
            boards = rebuild_live(now=clock.now())
        except RedisError as error:
            raise CommandError(f"Redis cannot be reached: {error}") from error
        for board, players in boards.items():
            self.stdout.write(f"{board}: {players} players")
