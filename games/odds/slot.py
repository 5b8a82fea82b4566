"""The slot's sheet of the odds book, computed from the strips and the paytable that draw and pay."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

from games.odds.rules import Chance, Table, Version, successive
from games.rounds.rules import percent_of, rounded_percent
from games.slot import figures, rules
from games.slot.rules import CURRENT, Odds

NOTHING = "nothing"
FREE_SPINS = " free spins"  # after their number


@dataclass(frozen=True)
class ReelRow:
    """A card and how often it lies on each reel, as percent (4 % is one of 25 stops)."""

    symbol: str
    percents: tuple[str, ...]


@dataclass(frozen=True)
class PayRow:
    """What a card pays and how likely that is on any one line, for five, four and three from the left."""

    symbol: str
    chances: tuple[Chance, ...]


@dataclass(frozen=True)
class SlotSheet:
    reels: tuple[Table, ...]
    line: Table
    free_spins: Table
    rtp_percent: Decimal
    lowest_rtp_percent: Decimal
    hit_percent: Decimal
    one_line_hit_percent: Decimal

    @property
    def reel_rows(self) -> tuple[ReelRow, ...]:
        by_reel = [{chance.outcome: chance.percent_text for chance in table.chances} for table in self.reels]
        return tuple(
            ReelRow(symbol, tuple(reel.get(symbol, "0") for reel in by_reel))
            for symbol in (*rules.CARDS, rules.WILD, rules.SCATTER)
        )

    @property
    def pay_rows(self) -> tuple[PayRow, ...]:
        by_name = {chance.outcome: chance for chance in self.line.chances}
        return tuple(
            PayRow(symbol, tuple(by_name[f"{symbol} × {count}"] for count in (5, 4, 3))) for symbol in rules.CARDS
        )


@cache
def sheet() -> SlotSheet:
    """The sheet of the current odds version."""
    return SlotSheet(
        reels=_reels(CURRENT),
        line=_line(CURRENT),
        free_spins=_free_spins(CURRENT),
        rtp_percent=_rtp_percent(CURRENT),
        lowest_rtp_percent=rounded_percent(figures.LOWEST_RTP),
        hit_percent=percent_of(figures.hit_frequency()),
        one_line_hit_percent=percent_of(figures.hit_frequency(1)),
    )


def versions() -> list[Version]:
    """Every version there was; the last is in force."""
    return successive(rules.GAME, rules.ODDS, _tables, _rtp_percent)


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
            "max_lines": rules.MAX_LINES,
            "max_win": rules.MAX_WIN,
        },
        "rtp": {
            "percent": str(current.rtp_percent),
            "exact": str(figures.rtp()),
            "lowest_percent": str(current.lowest_rtp_percent),
            "lowest_exact": str(figures.LOWEST_RTP),
            "lowest_at": {"bet_amount": figures.LOWEST_RTP_BET, "lines": figures.LOWEST_RTP_LINES},
        },
        "hit_frequency": {
            "percent": str(current.hit_percent),
            "lines": rules.MAX_LINES,
            "one_line_percent": str(current.one_line_hit_percent),
        },
        "free_spins": {"awarded": CURRENT.free_spins, "scatters_needed": rules.SCATTERS_NEEDED},
        "strips": CURRENT.strips,
        "lines": rules.LINES,
        "paytable": {card: dict(zip(("3", "4", "5"), pays, strict=True)) for card, pays in CURRENT.paytable.items()},
        "probabilities": [table.as_answer() for table in (*current.reels, current.line, current.free_spins)],
    }
    return [answer]


def drawn() -> str:
    """SQL: (table, outcome) of a settled round `r`: each reel's top row, the first line, the free spins.

    Wins are recorded in the order of their lines, so that of line 1, if it pays, is the first.
    """
    reels = ", ".join(f"('reel {reel + 1}', r.outcome #>> '{{reels,{reel},0}}')" for reel in range(rules.REELS))
    line = "r.outcome #>> '{wins,0,1}' || ' × ' || (r.outcome #>> '{wins,0,2}')"
    return f"""
        VALUES {reels},
               ('line', CASE WHEN r.outcome #>> '{{wins,0,0}}' = '1' THEN {line} ELSE '{NOTHING}' END),
               ('free spins', CASE WHEN (r.outcome ->> 'free_spins')::integer > 0
                                   THEN r.outcome ->> 'free_spins' || '{FREE_SPINS}' ELSE '{NOTHING}' END)
    """  # noqa: S608 - constants


@cache
def _tables(odds: Odds) -> tuple[Table, ...]:
    return (*_reels(odds), _line(odds), _free_spins(odds))


def _rtp_percent(odds: Odds) -> Decimal:
    return rounded_percent(figures.rtp(odds))


def _reels(odds: Odds) -> tuple[Table, ...]:
    return tuple(_reel(number, strip) for number, strip in enumerate(odds.strips, start=1))


def _reel(number: int, strip: tuple[str, ...]) -> Table:
    counts = Counter(strip)
    return Table(
        f"reel {number}",
        tuple(
            Chance(symbol, percent_of(Fraction(counts[symbol], rules.STOPS)))
            for symbol in (*rules.CARDS, rules.WILD, rules.SCATTER)
            if counts[symbol]
        ),
    )


def _line(odds: Odds) -> Table:
    chances = figures.chances_on_a_line(odds)
    paying = [
        Chance(f"{card} × {count}", percent_of(chances[card, count]), odds.paytable[card][count - 3])
        for card in rules.CARDS
        for count in (5, 4, 3)
    ]
    return Table("line", (*paying, Chance(NOTHING, percent_of(1 - sum(chances.values())), 0)))


def _free_spins(odds: Odds) -> Table:
    chance = figures.free_spin_chance(odds)
    return Table(
        "free spins",
        (
            Chance(f"{odds.free_spins}{FREE_SPINS}", percent_of(chance)),
            Chance(NOTHING, percent_of(1 - chance)),
        ),
    )
