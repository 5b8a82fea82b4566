"""The odds book: every version of every game's odds with all that can be drawn, and how a round tells what was drawn.

A game has its sheet in a module of its own beside this one; here it is entered.
"""

from types import ModuleType

from games.crash.rules import GAME as CRASH
from games.gacha.rules import GAME as GACHA
from games.odds import crash, gacha, rps, slot
from games.odds.rules import Version
from games.rps.rules import GAME as RPS
from games.slot.rules import GAME as SLOT

SHEETS: dict[str, ModuleType] = {SLOT: slot, CRASH: crash, GACHA: gacha, RPS: rps}
"""A sheet has `versions`, `as_answers` for those in force, and `drawn`."""

# SQL a game: the rows (table, outcome) that a settled round `r` has drawn, named as its sheet names them.
DRAWN = {game: sheet.drawn() for game, sheet in SHEETS.items()}


def versions() -> list[Version]:
    """Every version that was ever drawn from, game by game and the oldest first."""
    return [version for sheet in SHEETS.values() for version in sheet.versions()]


def answers() -> list[dict]:
    """Every sheet in force as `GET /api/games/odds` gives it."""
    return [answer for sheet in SHEETS.values() for answer in sheet.as_answers()]
