"""A player's statistics, in total, by game and by day."""

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta

from casino_club.core import clock
from games.stats.models import DailyGameStats, UserGameStats


@dataclass(frozen=True)
class Figures:
    """What settled rounds add up to; `highest_multiplier` in hundredths."""

    rounds: int = 0
    total_bets: int = 0
    total_wins: int = 0
    total_losses: int = 0
    highest_multiplier: int = 0
    total_wagered: int = 0
    total_won: int = 0
    total_profit: int = 0
    updated_at: datetime | None = None


_FIGURES = tuple(field.name for field in fields(Figures))


@dataclass(frozen=True)
class Day:
    """A game day: all that was played, and each game."""

    date: date
    total: Figures
    by_game: dict[str, Figures]


def stats_of(user_id: int) -> tuple[Figures, dict[str, Figures]]:
    """The player's totals, and the figures of each game played."""
    rows = UserGameStats.objects.filter(user_id=user_id).order_by("game").values_list("game", *_FIGURES)
    by_game = {game: Figures(*figures) for game, *figures in rows}
    return _total(list(by_game.values())), by_game


def days_of(user_id: int, *, days: int, now: datetime) -> list[Day]:
    """Those of the last `days` game days, today included, that the player played on; the latest first."""
    today = clock.game_date(now)
    rows = DailyGameStats.objects.filter(user_id=user_id, date__gt=today - timedelta(days=days), date__lte=today)
    played: dict[date, dict[str, Figures]] = {}
    for day, game, *figures in rows.order_by("-date", "game").values_list("date", "game", *_FIGURES):
        played.setdefault(day, {})[game] = Figures(*figures)
    return [Day(day, _total(list(by_game.values())), by_game) for day, by_game in played.items()]


def _total(parts: list[Figures]) -> Figures:
    if not parts:
        return Figures()
    columns = {name: [asdict(part)[name] for part in parts] for name in _FIGURES}
    highest = {name: max(columns.pop(name)) for name in ("highest_multiplier", "updated_at")}
    return Figures(**{name: sum(values) for name, values in columns.items()}, **highest)
