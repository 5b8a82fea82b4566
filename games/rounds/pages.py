"""A player's history: finished rounds, the latest first, by game, since a day, or of one revealed seed pair."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from rest_framework.request import Request

from casino_club.core import clock
from casino_club.core.api import page_of
from casino_club.core.errors import InvalidInput
from casino_club.core.shapes import BIGINT_MAX
from economy.ledger.rules import Asset
from games.rounds.models import Game, Round
from games.rounds.rules import times
from games.rounds.selectors import history_of


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    here: bool


@dataclass(frozen=True)
class Filters:
    """What the query asks for; what means nothing is left out."""

    game: str = ""
    since: date | None = None
    pair: int | None = None

    def url(self, **changed) -> str:
        """The page with these filters, some of them changed."""
        given = {"game": self.game, "since": self.since and self.since.isoformat(), "pair": self.pair} | changed
        query = {name: value for name, value in given.items() if value}
        return f"{reverse('history')}?{urlencode(query)}" if query else reverse("history")


@never_cache
@login_required
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    filters = _read(request)
    rounds = history_of(
        request.user.pk,
        game=filters.game or None,
        since=clock.game_day_start(filters.since) if filters.since else None,
        seed_pair=filters.pair,
    )
    try:
        page = page_of(rounds, Request(request), key=("-id",), serialize=_as_row)
    except InvalidInput:
        return redirect(filters.url())
    context = {
        "filters": filters,
        "tabs": [
            Tab(_("All"), filters.url(game=""), not filters.game),
            *(Tab(label, filters.url(game=game), filters.game == game) for game, label in Game.choices),
        ],
        "rows": page["results"],
        "next_url": filters.url(cursor=page["next"]) if page["next"] else "",
        "first_url": filters.url() if "cursor" in request.GET else "",
        "all_url": reverse("history"),
        "is_filtered": filters != Filters(),
    }
    return render(request, "games/history.html", context)


def _read(request: HttpRequest) -> Filters:
    game, pair = request.GET.get("game", ""), request.GET.get("pair", "")
    is_number = pair.isascii() and pair.isdigit() and int(pair[:20]) <= BIGINT_MAX
    return Filters(
        game=game if game in Game.values else "",
        since=_day(request.GET.get("since", "")),
        pair=int(pair) if is_number else None,
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year >= 2000 else None


def _as_row(played: Round) -> dict:
    return {
        "round": played,
        "label": Game(played.game).label,
        "net": played.win - played.bet,
        "gems": played.outcome["price"] if played.outcome.get("currency") == Asset.GEMS else 0,
        "times": "–" if played.game == Game.GACHA else times(played.multiplier),
    }
