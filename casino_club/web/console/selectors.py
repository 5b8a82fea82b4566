"""How the house is doing: the day's figures with their trends, and what charts are drawn from, kept for a minute."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db.models import Count
from django.db.models.functions import TruncHour

from casino_club.core import clock, presence
from casino_club.web.console import samples
from casino_club.web.console.rules import DAYS_BEFORE, SPANS, Moved, Span, Trend, change, trend_of
from economy.house.selectors import by_hour
from economy.ledger.rules import CHART, Account, Asset
from economy.shop.selectors import revenue_by_hour
from events.progress.rules import PAYOUTS, STAKES
from games.odds.selectors import stated_returns
from games.rounds.models import Game

KEY = "console:overview:v1"
KEPT_SECONDS = 60
HUNDREDTH = Decimal("0.01")
HOUSE = frozenset((*STAKES, *PAYOUTS))
KRW = "KRW"


@dataclass(frozen=True, slots=True)
class Figures:
    """The game day so far, each with its trend; revenue in KRW."""

    revenue: Trend
    plays: Trend
    wagered: Trend
    house_result: Trend
    minted: Trend
    burned: Trend
    signups: Trend


@dataclass(frozen=True, slots=True)
class Course:
    """What happened in each bucket of a span; lists run along `starts`. `sources` are sums of gold by reason or game."""

    starts: list[datetime]
    revenue: list[int]
    plays: dict[str, list[int]]
    minted: list[int]
    burned: list[int]
    sources: list[tuple[str, int]]
    online_most: list[int | None]
    online_mean: list[int | None]


@dataclass(frozen=True, slots=True)
class Return:
    """What a game paid back of the gold wagered over thirty days, in percent, beside what it states."""

    game: str
    plays: int
    wagered: int
    observed: Decimal | None
    stated: Decimal


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that is summed over what moved."""

    figures: Figures
    courses: dict[str, Course]
    returns: list[Return]
    counted_at: datetime


@dataclass(frozen=True, slots=True)
class Online:
    """Players of the last five minutes, and how many there were at this time yesterday and a week ago."""

    players: int
    yesterday: int | None
    week_ago: int | None

    @property
    def to_yesterday(self) -> int | None:
        return None if self.yesterday is None else change(self.players, self.yesterday)

    @property
    def to_usual(self) -> int | None:
        return None if self.week_ago is None else change(self.players, self.week_ago)


def overview(*, now: datetime) -> Overview:
    """How the house is doing, at most a minute old. Reads hours of the house, never a player's rows."""
    return cache.get_or_set(KEY, lambda: _overview(now), KEPT_SECONDS)


def online(*, now: datetime) -> Online:
    """The players online, now."""
    yesterday, week_ago = now - timedelta(days=1), now - timedelta(days=DAYS_BEFORE)
    sampled = samples.near(yesterday, week_ago)
    return Online(presence.online_count(now), sampled.get(yesterday), sampled.get(week_ago))


# --- Of one row of what moved -------------------------------------------------------------------------------------
def _revenue(row: Moved) -> int:
    return row.amount if row.asset == KRW else 0


def _plays(row: Moved) -> int:
    return row.units if row.reason in STAKES else 0


def _wagered(row: Moved) -> int:
    return -row.amount if row.asset == Asset.GOLD and row.reason in STAKES else 0


def _house_result(row: Moved) -> int:
    return -row.amount if row.asset == Asset.GOLD and row.reason in HOUSE else 0


def _minted(row: Moved) -> int:
    return max(row.amount, 0) if _comes_or_goes(row) else 0


def _burned(row: Moved) -> int:
    return max(-row.amount, 0) if _comes_or_goes(row) else 0


def _comes_or_goes(row: Moved) -> bool:
    """Whether it is gold that came or went by other means than play."""
    return row.asset == Asset.GOLD and CHART[row.reason].account != Account.HOUSE


# --- Summing ------------------------------------------------------------------------------------------------------
def _overview(now: datetime) -> Overview:
    since = SPANS["month"].starts(now)[0]
    rows = [*_moved(since=since), *_sold(since=since, now=now)]
    return Overview(
        figures=_figures(rows, now),
        courses={code: _course(span, rows, now) for code, span in SPANS.items()},
        returns=_returns(rows),
        counted_at=now,
    )


def _moved(*, since: datetime) -> list[Moved]:
    """All gold, and the gems staked, hour by hour."""
    found = {Asset.GOLD: by_hour(Asset.GOLD, CHART, since), Asset.GEMS: by_hour(Asset.GEMS, STAKES, since)}
    return [
        Moved(hour, asset, reason, part.units, part.amount)
        for asset, sums in found.items()
        for (hour, reason), part in sums.items()
    ]


def _sold(*, since: datetime, now: datetime) -> list[Moved]:
    """What card purchases brought, hour by hour."""
    return [Moved(hour, KRW, "", 1, amount) for hour, amount in revenue_by_hour(since=since, now=now).items()]


def _figures(rows: Sequence[Moved], now: datetime) -> Figures:
    measures = (_revenue, _plays, _wagered, _house_result, _minted, _burned)
    return Figures(*(trend_of(rows, measure, now=now) for measure in measures), _signups(now))


def _signups(now: datetime) -> Trend:
    """New players, not operators; over the index of sign-up times: as many rows as signed up in eight days."""
    since = clock.game_day_start(clock.game_date(now) - timedelta(days=DAYS_BEFORE))
    users = get_user_model().objects.filter(is_staff=False, created_at__gte=since, created_at__lt=now).order_by()
    hours = users.values_list(TruncHour("created_at")).annotate(Count("pk"))
    return trend_of([Moved(hour, "", "", count, 0) for hour, count in hours], lambda row: row.units, now=now)


def _course(span: Span, rows: Sequence[Moved], now: datetime) -> Course:
    starts = span.starts(now)
    rows = [row for row in rows if starts[0] <= row.hour <= now]
    sampled = samples.most_and_mean(since=starts[0], until=now, by=span.unit)
    nothing = (None, None)
    return Course(
        starts=starts,
        revenue=_by_bucket(rows, span, starts, _revenue),
        plays={game: _by_bucket(rows, span, starts, _plays_of(game)) for game in Game.values},
        minted=_by_bucket(rows, span, starts, _minted),
        burned=_by_bucket(rows, span, starts, _burned),
        sources=_sources(rows),
        online_most=[sampled.get(start, nothing)[0] for start in starts],
        online_mean=[sampled.get(start, nothing)[1] for start in starts],
    )


def _sources(rows: Sequence[Moved]) -> list[tuple[str, int]]:
    """Where gold came from and went, the largest first: by reason, and by game what its players won or lost."""
    sums = Counter()
    for row in rows:
        if _comes_or_goes(row):
            sums[row.reason] += row.amount
        elif row.asset == Asset.GOLD:
            sums[row.reason.split(".")[0]] += row.amount
    return sorted(((name, amount) for name, amount in sums.items() if amount), key=lambda one: -abs(one[1]))


def _plays_of(game: str) -> Callable[[Moved], int]:
    return lambda row: _plays(row) if row.reason.startswith(f"{game}.") else 0


def _by_bucket(rows: Sequence[Moved], span: Span, starts: list[datetime], measure: Callable[[Moved], int]) -> list[int]:
    sums = dict.fromkeys(starts, 0)
    for row in rows:
        if value := measure(row):
            sums[span.start_of(row.hour)] += value
    return list(sums.values())


def _returns(rows: Sequence[Moved]) -> list[Return]:
    found = []
    for game, stated in stated_returns().items():
        own = [row for row in rows if row.asset == Asset.GOLD and row.reason.startswith(f"{game}.")]
        wagered, kept = sum(map(_wagered, own)), sum(map(_house_result, own))
        observed = (Decimal(wagered - kept) * 100 / wagered).quantize(HUNDREDTH) if wagered else None
        found.append(Return(game, sum(map(_plays, own)), wagered, observed, stated))
    return found
