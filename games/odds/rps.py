"""Rock, paper, scissors in the odds book: three hands, equally likely, and what that returns."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from games.odds.rules import Chance, Table, rounded
from games.rounds.rules import rounded_percent
from games.rps import rules

DECIMALS = 4


@dataclass(frozen=True)
class RpsSheet:
    hands: Table
    rtp_percent: Decimal
    lowest_rtp_percent: Decimal


def sheet() -> RpsSheet:
    """The sheet of the current odds version."""
    chances = {hand.value: Fraction(1, len(rules.HANDS)) for hand in rules.HANDS}
    percents = rounded(chances, DECIMALS)
    return RpsSheet(
        hands=Table("hand", tuple(Chance(hand, percents[hand], exact=chance) for hand, chance in chances.items())),
        rtp_percent=rounded_percent(rules.RTP),
        lowest_rtp_percent=rounded_percent(rules.return_of(rules.lowest_return_bet())),
    )


def as_answer() -> dict:
    """The sheet as `GET /api/games/odds` gives it."""
    current = sheet()
    return {
        "game": rules.GAME,
        "version": rules.ODDS_VERSION,
        "effective_from": rules.EFFECTIVE_FROM.isoformat(),
        "limits": {"min_bet": rules.MIN_BET, "max_bet": rules.MAX_BET, "max_win": rules.MAX_WIN},
        "rtp": {
            "percent": str(current.rtp_percent),
            "exact": str(rules.RTP),
            "lowest_percent": str(current.lowest_rtp_percent),
            "lowest_at": {"bet_amount": rules.lowest_return_bet()},
        },
        "pays": {result.value: rules.payout_for(100, result) / 100 for result in rules.RESULTS},
        "probabilities": [current.hands.as_answer()],
    }


def drawn() -> str:
    """SQL: (table, outcome) of a settled round `r`."""
    return "SELECT 'hand', r.outcome ->> 'computer'"
