"""The profile's statistics: totals, each game, and thirty days of profit as a drawing of bars."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Sum

from casino_club.core import clock
from games.rounds.models import Game
from games.rounds.rules import times
from games.stats.models import DailyGameStats
from games.stats.selectors import Figures, stats_of

DAYS = 30
WIDTH, HEIGHT = 600, 160
GAP = 4
LEAST_BAR = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One day's profit, drawn from the line of zero up or down."""

    date: date
    profit: int
    x: int
    y: float
    width: int
    height: float

    @property
    def is_gain(self) -> bool:
        return self.profit > 0


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars in a box of WIDTH × HEIGHT; `zero` is where neither was won nor lost."""

    bars: list[Bar]
    zero: float
    highest: int
    lowest: int
    total: int
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def is_empty(self) -> bool:
        return self.highest == self.lowest == 0


@dataclass(frozen=True, slots=True)
class GameRow:
    label: str
    figures: Figures
    highest: str


@dataclass(frozen=True, slots=True)
class Panel:
    """What `games/stats_panel.html` shows."""

    total: Figures
    highest: str
    games: list[GameRow]
    chart: Chart


def panel_of(user_id: int, *, now: datetime) -> Panel:
    """The player's statistics as their profile shows them."""
    total, by_game = stats_of(user_id)
    labels = dict(Game.choices)
    rows = [GameRow(labels.get(game, game), figures, _times(figures)) for game, figures in by_game.items()]
    return Panel(total, _times(total), rows, _chart(daily_profit(user_id, now=now)))


def daily_profit(user_id: int, *, now: datetime) -> dict[date, int]:
    """Profit of each of the last thirty game days, today included, the earliest first."""
    today = clock.game_date(now)
    days = {today - timedelta(days=ago): 0 for ago in range(DAYS - 1, -1, -1)}
    rows = DailyGameStats.objects.filter(user_id=user_id, date__gt=today - timedelta(days=DAYS), date__lte=today)
    return days | dict(rows.values("date").annotate(profit=Sum("total_profit")).values_list("date", "profit"))


def _chart(profits: dict[date, int]) -> Chart:
    highest, lowest = max(0, *profits.values()), min(0, *profits.values())
    scale = HEIGHT / (highest - lowest or 1)
    zero = highest * scale if highest or lowest else HEIGHT / 2
    slot = WIDTH // DAYS
    bars = []
    for number, (day, profit) in enumerate(sorted(profits.items())):
        height = max(abs(profit) * scale, LEAST_BAR if profit else 0)
        top = zero - height if profit > 0 else zero
        bars.append(Bar(day, profit, number * slot + GAP // 2, round(top, 2), slot - GAP, round(height, 2)))
    return Chart(bars, round(zero, 2), highest, lowest, sum(profits.values()))


def _times(figures: Figures) -> str:
    """Cards pay no gold, so a box has no multiple, as its rounds have none in the history."""
    return times(figures.highest_multiplier) if figures.highest_multiplier else "–"
