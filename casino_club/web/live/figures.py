"""The house's live figures for everybody: computed once in five seconds however many ask, and nothing personal."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from casino_club.core import clock, presence
from casino_club.core.idempotency import render
from casino_club.core.shared import Shared
from economy.house import selectors as house
from economy.ledger.rules import Asset
from events.live.rules import Phase
from events.live.selectors import events_in
from events.progress.rules import METRICS
from games.rounds import lately
from games.rounds.models import Game

FRESH_SECONDS = 5
KEPT_SECONDS = 60
SHARED = Shared(name="metrics_global", key="metrics:global:v1", fresh_seconds=FRESH_SECONDS, kept_seconds=KEPT_SECONDS)


@dataclass(frozen=True, slots=True)
class Figures:
    """What anybody may know of the house. A play is a paid one (a ten-pull is ten), today the running game day."""

    online_users: int
    spins_last_hour: int
    big_wins_last_hour: int
    total_plays_today: int
    active_events_count: int
    generated_at: str


def current(*, now: datetime) -> bytes:
    """The figures as JSON, the same bytes for whoever asks within five seconds."""
    return SHARED.current(lambda _last: render(asdict(compute(now=now))).encode())


def as_shown(*, now: datetime) -> Figures:
    """The same figures, for a page."""
    return Figures(**json.loads(current(now=now)))


def compute(*, now: datetime) -> Figures:
    """The figures of this moment, from the books."""
    online = presence.online_count(now, otherwise=None)
    today = house.since(clock.game_day_start(clock.game_date(now)))
    return Figures(
        # Without Redis nobody's presence is known: those who play, operators too, are the ones who are surely there.
        online_users=lately.players_since(now - presence.ONLINE_FOR) if online is None else online,
        spins_last_hour=lately.rounds_in_last_hour(Game.SLOT, now=now),
        big_wins_last_hour=lately.big_wins_in_last_hour(now=now),
        total_plays_today=plays(today),
        active_events_count=events_in(Phase.LIVE, now).count(),
        generated_at=clock.iso(now),
    )


def plays(moved: house.Moved) -> int:
    """The paid plays among what moved, as events and missions count them."""
    return METRICS["plays"].of(moved)


def gold_in_circulation(moved: house.Moved) -> int:
    """Every piece of gold that was ever made and not taken back: what all wallets hold together."""
    return sum(part.amount for (asset, _), part in moved.items() if asset == Asset.GOLD)
