"""A player's own rounds."""

from datetime import datetime

from django.db.models import QuerySet

from casino_club.core.errors import NotFound
from games.rounds.models import Round


def history_of(
    player_id: int, *, game: str | None = None, since: datetime | None = None, seed_pair: int | None = None
) -> QuerySet[Round]:
    """A player's settled rounds, unordered; keyset key (-id,)."""
    rounds = Round.objects.filter(player_id=player_id, status=Round.Status.SETTLED)
    if game is not None:
        rounds = rounds.filter(game=game)
    if since is not None:
        rounds = rounds.filter(created_at__gte=since)
    if seed_pair is not None:
        rounds = rounds.filter(seed_pair_id=seed_pair)
    return rounds


def round_of(player_id: int, round_id: int) -> Round:
    """One settled round of the player with its seed pair. Raises NotFound, for other people's rounds as well."""
    found = history_of(player_id).select_related("seed_pair").filter(pk=round_id).first()
    if found is None:
        raise NotFound
    return found
