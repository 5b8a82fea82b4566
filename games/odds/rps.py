"""Rock, paper, scissors in the odds book: three hands, equally likely, and what that returns."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from games.odds.rules import Chance, Table, Version, successive
from games.rounds.rules import rounded, rounded_percent
from games.rps import rules
from games.rps.rules import CURRENT, Odds

DECIMALS = 4


@dataclass(frozen=True)
class RpsSheet:
    hands: Table
    rtp_percent: Decimal
    lowest_rtp_percent: Decimal


def sheet() -> RpsSheet:
    """The sheet of the current odds version."""
    return RpsSheet(
        hands=_hands(),
        rtp_percent=_rtp_percent(CURRENT),
        lowest_rtp_percent=rounded_percent(rules.return_of(rules.lowest_return_bet())),
    )


def versions() -> list[Version]:
    """Every version there was; the last is in force. The hands are the same in all of them."""
    return successive(rules.GAME, rules.ODDS, lambda odds: (_hands(),), _rtp_percent)


def as_answers() -> list[dict]:
    """The sheet as `GET /api/games/odds` gives it."""
    current = sheet()
    answer = {
        "game": rules.GAME,
        "version": CURRENT.version,
        "effective_from": CURRENT.effective_from.isoformat(),
        "limits": {"min_bet": rules.MIN_BET, "max_bet": rules.MAX_BET, "max_win": rules.MAX_WIN},
        "rtp": {
            "percent": str(current.rtp_percent),
            "exact": str(rules.rtp()),
            "lowest_percent": str(current.lowest_rtp_percent),
            "lowest_at": {"bet_amount": rules.lowest_return_bet()},
        },
        "pays": {result.value: rules.payout_for(100, result) / 100 for result in rules.RESULTS},
        "probabilities": [current.hands.as_answer()],
    }
    return [answer]


def drawn() -> str:
    """SQL: (table, outcome) of a settled round `r`."""
    return "SELECT 'hand', r.outcome ->> 'computer'"


def _rtp_percent(odds: Odds) -> Decimal:
    return rounded_percent(rules.rtp(odds))


def _hands() -> Table:
    chances = {hand.value: Fraction(1, len(rules.HANDS)) for hand in rules.HANDS}
    percents = rounded(chances, DECIMALS)
    return Table("hand", tuple(Chance(hand, percents[hand], exact=chance) for hand, chance in chances.items()))
