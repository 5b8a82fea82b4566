"""Statistics in words, for whoever tells of them."""

from games.rounds.models import Game
from games.stats.models import UserGameStats
from games.stats.services import Healed


def game_label(game: str) -> str:
    """The game's name; of one that we don't have, its code."""
    return str(dict(Game.choices).get(game, game))


def healed_in_words(row: Healed) -> str:
    """The figures that were not as the rounds make them: “Slot 2026-11-23: wins 14 → 9”."""
    names = {field.name: field.verbose_name for field in UserGameStats._meta.fields}
    before, after = row.before or {}, row.after or {}
    changes = [
        f"{name} {before.get(figure, 0):,} → {after.get(figure, 0):,}"
        for figure, name in names.items()
        if before.get(figure, 0) != after.get(figure, 0)
    ]
    day = f" {row.date}" if row.date else ""
    return f"{game_label(row.game)}{day}: {', '.join(changes)}"
