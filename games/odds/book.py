"""The odds book: every game's current versions with all that can be drawn, and how a round tells what was drawn.

A game has its sheet in a module of its own beside this one; here it is entered.
"""

from dataclasses import dataclass
from datetime import date

from games.crash import rules as crash_rules
from games.gacha import rules as gacha_rules
from games.odds import crash, gacha, rps, slot
from games.odds.rules import Table
from games.rps import rules as rps_rules
from games.slot import rules as slot_rules


@dataclass(frozen=True)
class Version:
    """One version of a game's odds, in force from a date: its tables, each of which sums to exactly 100 percent."""

    game: str
    version: str
    effective_from: date
    tables: tuple[Table, ...]

    def table(self, name: str) -> Table | None:
        return next((table for table in self.tables if table.name == name), None)


def versions() -> list[Version]:
    """Every version that can be drawn from now."""
    slot_sheet = slot.sheet()
    return [
        Version(
            slot_rules.GAME,
            slot_rules.ODDS_VERSION,
            slot_rules.EFFECTIVE_FROM,
            (*slot_sheet.reels, slot_sheet.line, slot_sheet.free_spins),
        ),
        Version(crash_rules.GAME, crash_rules.ODDS_VERSION, crash_rules.EFFECTIVE_FROM, (crash.sheet().bands,)),
        *(
            Version(gacha_rules.GAME, sheet.odds.version, sheet.odds.effective_from, (sheet.cards, sheet.guaranteed))
            for sheet in gacha.sheets()
        ),
        Version(rps_rules.GAME, rps_rules.ODDS_VERSION, rps_rules.EFFECTIVE_FROM, (rps.sheet().hands,)),
    ]


def answers() -> list[dict]:
    """Every sheet as `GET /api/games/odds` gives it."""
    return [slot.as_answer(), crash.as_answer(), *gacha.as_answers(), rps.as_answer()]


# SQL a game: the rows (table, outcome) that a settled round `r` has drawn, named as its sheet names them.
DRAWN = {
    slot_rules.GAME: slot.drawn(),
    crash_rules.GAME: crash.drawn(),
    gacha_rules.GAME: gacha.drawn(),
    rps_rules.GAME: rps.drawn(),
}
