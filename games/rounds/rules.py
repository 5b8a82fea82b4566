"""What every game has in common: XP for play, and how a result is written as a multiple of its stake or in percent."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

GOLD_PER_XP = 10
HUNDREDTHS = 100
BIG_WIN = 1_000
"""The smallest payout that the index of big wins holds."""


def xp_for(wagered: int) -> int:
    """XP of one play: 1 per 10 gold wagered, at least 1 a paid play, none for a free one."""
    return max(1, wagered // GOLD_PER_XP) if wagered else 0


def multiplier_of(stake: int, win: int) -> int:
    """The win as hundredths of the stake, rounded down: 250 is 2.5 ×."""
    return win * HUNDREDTHS // stake


def written(multiplier: int) -> str:
    """A multiplier in hundredths as players read it: 1,234.56."""
    return f"{multiplier // HUNDREDTHS:,}.{multiplier % HUNDREDTHS:02d}"


def times(multiplier: int) -> str:
    """The same with its sign: 1,234.56×."""
    return f"{written(multiplier)}×"


def is_win(bet: int, win: int) -> bool:
    """A win is a payout above what was wagered; a smaller one is a loss, an equal one neither."""
    return win > bet


def is_loss(bet: int, win: int) -> bool:
    """Whether a payout stays below what was wagered; a free round never loses."""
    return win < bet


def percent_of(chance: Fraction) -> Decimal:
    """A probability as percent, exactly. Raises ValueError when its decimals never end."""
    percent = Decimal(chance.numerator * 100) / Decimal(chance.denominator)
    if Fraction(percent) != chance * 100:
        raise ValueError(f"{chance} is no finite percentage")
    return percent.normalize()


def rounded_percent(chance: Fraction) -> Decimal:
    """A probability as percent with four decimals, where the exact fraction is published beside it."""
    return (Decimal(chance.numerator * 100) / Decimal(chance.denominator)).quantize(Decimal("0.0001"))


def rounded(chances: Mapping[str, Fraction], decimals: int) -> dict[str, Decimal]:
    """Probabilities as percentages of so many decimals that sum to exactly 100: the largest remainders round up."""
    step = Decimal(1).scaleb(-decimals)
    scale = 100 * 10**decimals
    floors = {name: (chance * scale).__floor__() for name, chance in chances.items()}
    left = scale - sum(floors.values())
    by_remainder = sorted(chances, key=lambda name: (floors[name] - chances[name] * scale, name))
    for name in by_remainder[:left]:
        floors[name] += 1
    return {name: Decimal(floor) * step for name, floor in floors.items()}
