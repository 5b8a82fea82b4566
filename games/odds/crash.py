"""The crane flight's sheet of the odds book: exact chances to reach a multiplier, and bands that sum to 100 percent."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

from games.crash import rules
from games.crash.rules import CURRENT, Odds
from games.odds.rules import Chance, Table, Version, successive
from games.rounds.rules import rounded, rounded_percent, times

DECIMALS = 4
POINT = "crash point"
NEVER_TOOK_OFF = "never took off"
MORE = " and more"
# Where each band of crash points begins, in hundredths; the first holds flights that never took off.
BANDS = (99, 100, 150, 200, 300, 500, 1_000, 10_000)
TARGETS = (101, 110, 150, 200, 300, 500, 1_000, 5_000, 10_000, 100_000)


@dataclass(frozen=True)
class Target:
    """A multiplier to cash out at (hundredths): how likely it is reached, and what a bet on it returns."""

    multiplier: int
    percent: Decimal
    rtp_percent: Decimal

    @property
    def times(self) -> str:
        return times(self.multiplier)


@dataclass(frozen=True)
class CrashSheet:
    bands: Table
    targets: tuple[Target, ...]
    rtp_percent: Decimal
    lowest_rtp_percent: Decimal


@cache
def sheet() -> CrashSheet:
    """The sheet of the current odds version."""
    return CrashSheet(
        bands=_bands(CURRENT),
        targets=tuple(
            Target(
                at, rounded_percent(rules.chance_to_reach(at)), rounded_percent(rules.chance_to_reach(at) * at / 100)
            )
            for at in TARGETS
        ),
        rtp_percent=_rtp_percent(CURRENT),
        lowest_rtp_percent=rounded_percent(rules.return_of(rules.LOWEST_RETURN_BET, rules.LOWEST_RETURN_TARGET)),
    )


def versions() -> list[Version]:
    """Every version there was; the last is in force."""
    return successive(rules.GAME, rules.ODDS, lambda odds: (_bands(odds),), _rtp_percent)


def as_answers() -> list[dict]:
    """The sheet as `GET /api/games/odds` gives it."""
    current = sheet()
    answer = {
        "game": rules.GAME,
        "version": CURRENT.version,
        "effective_from": CURRENT.effective_from.isoformat(),
        "limits": {
            "min_bet": rules.MIN_BET,
            "max_bet": rules.MAX_BET,
            "max_multiplier": CURRENT.max_multiplier / rules.HUNDREDTHS,
            "max_win": rules.MAX_WIN,
        },
        "rtp": {
            "percent": str(current.rtp_percent),
            "lowest_percent": str(current.lowest_rtp_percent),
            "lowest_at": {
                "bet_amount": rules.LOWEST_RETURN_BET,
                "multiplier": rules.LOWEST_RETURN_TARGET / rules.HUNDREDTHS,
            },
        },
        "reach": [
            {
                "multiplier": target.multiplier / rules.HUNDREDTHS,
                "percent": str(target.percent),
                "exact": str(rules.chance_to_reach(target.multiplier)),
                "rtp_percent": str(target.rtp_percent),
            }
            for target in current.targets
        ],
        "probabilities": [current.bands.as_answer()],
    }
    return [answer]


def drawn() -> str:
    """SQL: (table, outcome) of a settled round `r`."""
    bands = " ".join(
        f"WHEN (r.outcome ->> 'crash_point')::bigint < {end} THEN '{_name(start, end)}'"
        for start, end in zip(BANDS, BANDS[1:], strict=False)
    )
    return f"SELECT '{POINT}', CASE {bands} ELSE '{_name(BANDS[-1], None)}' END"  # noqa: S608 - constants


def _rtp_percent(odds: Odds) -> Decimal:
    return Decimal(odds.return_hundredths)


@cache
def _bands(odds: Odds) -> Table:
    chances = {}
    for start, end in zip(BANDS, (*BANDS[1:], None), strict=True):
        chances[_name(start, end)] = _reaches(start, odds) - (_reaches(end, odds) if end else 0)
    percents = rounded(chances, DECIMALS)
    return Table(POINT, tuple(Chance(name, percents[name], exact=chance) for name, chance in chances.items()))


def _reaches(multiplier: int, odds: Odds) -> Fraction:
    return Fraction(1) if multiplier == BANDS[0] else rules.chance_to_reach(multiplier, odds)


def _name(start: int, end: int | None) -> str:
    if start == BANDS[0]:
        return NEVER_TOOK_OFF
    return f"{times(start)}–{times(end - 1)}" if end else f"{times(start)}{MORE}"
