"""The big wins of late, as the lobby tells them: real rounds of players who like to be seen."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import F

from games.publicity.models import HiddenName
from games.publicity.rules import masked
from games.rounds.models import Game, Round
from games.rounds.rules import times

SHOWN = 8


@dataclass(frozen=True, slots=True)
class BigWin:
    """A win of late: its player's masked nickname, the gold paid and the multiple of the stake."""

    name: str
    game: str
    gold: int
    times: str
    at: datetime


def recent_big_wins() -> list[BigWin]:
    """The latest rounds that paid `BIG_WIN_THRESHOLD_GOLD` or more, and more than their bet."""
    rounds = Round.objects.filter(
        status=Round.Status.SETTLED,
        win__gte=settings.BIG_WIN_THRESHOLD_GOLD,
        win__gt=F("bet"),
        player__is_active=True,
        player__is_staff=False,
    ).exclude(player_id__in=HiddenName.objects.values("player_id"))
    found = rounds.order_by("-id").values_list("player__nickname", "game", "win", "multiplier", "settled_at")
    labels = dict(Game.choices)
    return [
        BigWin(masked(nickname), str(labels[game]), win, times(multiplier), at)
        for nickname, game, win, multiplier, at in found[:SHOWN]
    ]
