"""What rankings measure, for how long a board runs, how ties fall and what its first places are given. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from accounts.inbox.rules import Kind, register
from economy.rewards.rules import Amounts

TOP = 100
NEIGHBOURS = 2
"""How many places above and below one's own are shown."""

CLOSES_AFTER = timedelta(minutes=5)
"""How long after its end a board is written down: by then every transaction of the period has ended."""

REWARD_TYPE = "RANKING_PRIZE"
REWARD_REASON = "ranking.prize"
PRIZE_NOTICE = register(
    Kind(
        "ranking.prize",
        _("A place on the rankings"),
        _("You came in at number %(rank)s. Your prize is in your wallet."),
        params=("rank",),
        page="rankings",
        icon="trophy",
    )
)


class Span(StrEnum):
    """How long a board runs: a game day, a week from Monday, or a season."""

    DAILY = "daily"
    WEEKLY = "weekly"
    SEASON = "season"


class Metric(StrEnum):
    """What a board counts: gold won from the house less gold staked, or XP earned."""

    NET = "net"
    XP = "xp"


@dataclass(frozen=True, slots=True)
class Period:
    """One board's time: from `starts_at` up to `ends_at`. `key` is its first day, or the season's number."""

    span: Span
    key: str
    starts_at: datetime
    ends_at: datetime
    name: str = ""


# How old a live board may be before a reader brings it up to date; one's own line is always exact.
FRESH_FOR = {Span.DAILY: timedelta(seconds=5), Span.WEEKLY: timedelta(seconds=15), Span.SEASON: timedelta(seconds=30)}


@dataclass(frozen=True, slots=True)
class Prize:
    """What each place up to `last_rank` is given (from the place after the band before)."""

    last_rank: int
    amounts: Amounts


# The same for both metrics. Only places with a score above 0 are given anything.
PRIZES = {
    Span.DAILY: (
        Prize(1, Amounts(gold=1_000)),
        Prize(2, Amounts(gold=600)),
        Prize(3, Amounts(gold=400)),
        Prize(10, Amounts(gold=200)),
    ),
    Span.WEEKLY: (
        Prize(1, Amounts(gold=5_000, gems=30)),
        Prize(2, Amounts(gold=3_000, gems=20)),
        Prize(3, Amounts(gold=2_000, gems=10)),
        Prize(10, Amounts(gold=1_000)),
        Prize(50, Amounts(gold=300)),
    ),
    Span.SEASON: (
        Prize(1, Amounts(gold=30_000, gems=300)),
        Prize(2, Amounts(gold=20_000, gems=200)),
        Prize(3, Amounts(gold=10_000, gems=100)),
        Prize(10, Amounts(gold=5_000, gems=50)),
        Prize(100, Amounts(gold=1_000)),
    ),
}


def prize_for(span: Span, rank: int, score: int) -> Amounts | None:
    """What a place of a finished board is given; nothing for a score of 0 or less."""
    if score <= 0:
        return None
    return next((prize.amounts for prize in PRIZES[span] if rank <= prize.last_rank), None)


def last_prized_rank(span: Span) -> int:
    """The last place that is given anything."""
    return PRIZES[span][-1].last_rank


def prize_key(span: Span, metric: Metric, period: str, player_id: int) -> str:
    """The reward's key: one prize for a player on a board, however often it is paid."""
    return f"ranking:{span}:{metric}:{period}:{player_id}"
