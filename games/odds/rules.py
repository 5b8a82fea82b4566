"""What a published table of odds is: named chances that sum to exactly 100 percent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import zip_longest
from math import lgamma, log, sqrt


@dataclass(frozen=True)
class Chance:
    """One possible outcome: its name, how likely it is, and what it pays (None: nothing by itself).

    `exact` is the probability where the published percentage is rounded.
    """

    outcome: str
    percent: Decimal
    pays: int | None = None
    exact: Fraction | None = None

    @property
    def probability(self) -> Fraction:
        """What is really drawn."""
        return self.exact if self.exact is not None else Fraction(self.percent) / 100

    @property
    def percent_text(self) -> str:
        """The percentage in full, never in exponents."""
        return f"{self.percent:f}"


@dataclass(frozen=True)
class Table:
    """Everything that can happen in one draw. Raises ValueError unless it sums to exactly 100 percent."""

    name: str
    chances: tuple[Chance, ...]

    def __post_init__(self):
        if sum(chance.percent for chance in self.chances) != 100:
            raise ValueError(f"{self.name} does not sum to 100 percent")
        if sum(chance.probability for chance in self.chances) != 1:
            raise ValueError(f"{self.name} does not sum to 1")

    def as_answer(self) -> dict:
        """The table as `GET /api/games/odds` gives it."""
        return {
            "name": self.name,
            "chances": [
                {"outcome": chance.outcome, "percent": chance.percent_text, "pays": chance.pays}
                for chance in self.chances
            ],
        }


@dataclass(frozen=True)
class Version:
    """One version of a game's odds: its tables, and what it returns to the player where it pays back in gold.

    It is drawn from since `effective_from`, and no more since `effective_until`, if that is given.
    """

    game: str
    version: str
    effective_from: date
    effective_until: date | None
    rtp_percent: Decimal | None
    tables: tuple[Table, ...]

    @property
    def is_past(self) -> bool:
        return self.effective_until is not None

    def table(self, name: str) -> Table | None:
        return next((table for table in self.tables if table.name == name), None)

    def as_answer(self) -> dict:
        """The version as `GET /api/games/odds` gives one of the past."""
        return {
            "game": self.game,
            "version": self.version,
            "effective_from": self.effective_from.isoformat(),
            "effective_until": self.effective_until and self.effective_until.isoformat(),
            "rtp": self.rtp_percent and {"percent": str(self.rtp_percent)},
            "probabilities": [table.as_answer() for table in self.tables],
        }


def successive(game: str, book: Mapping, tables_of: Callable, rtp_percent_of: Callable) -> list[Version]:
    """The versions of a game that draws from one at a time, each until the next one's day; the last is in force.

    `book` holds the game's odds by their version; what they draw and return is asked for each.
    """
    ends = [odds.effective_from for odds in book.values()][1:]
    return [
        Version(game, odds.version, odds.effective_from, until, rtp_percent_of(odds), tables_of(odds))
        for odds, until in zip_longest(book.values(), ends)
    ]


# --- Stated and observed -----------------------------------------------------------------------------------------
CONFIDENCE_Z = 2.5758293035489004
"""Of the 99 % interval: the standard normal's 99.5th percentile."""

FALSE_ALARM_RATE = 0.001
"""The probability that one odds version, fair for ever, ever raises an alarm. docs/decisions tells why it holds."""

PRIOR_WEIGHT = 100
"""How many imagined rounds the alternative starts from; the smaller, the more alike all deviations are to it."""


@dataclass(frozen=True)
class Interval:
    """Where a rate lies with 99 % confidence, both ends between 0 and 1."""

    low: float
    high: float

    def holds(self, rate: Fraction) -> bool:
        return self.low <= rate <= self.high


def interval_of(hits: int, trials: int) -> Interval:
    """Wilson's 99 % interval of a rate observed `hits` times in `trials`; everything while nothing was observed."""
    if not trials:
        return Interval(0.0, 1.0)
    rate, z2 = hits / trials, CONFIDENCE_Z**2
    middle = (rate + z2 / (2 * trials)) / (1 + z2 / trials)
    reach = CONFIDENCE_Z * sqrt(rate * (1 - rate) / trials + z2 / (4 * trials * trials)) / (1 + z2 / trials)
    return Interval(max(0.0, middle - reach), min(1.0, middle + reach))


def log_evidence(stated: Mapping[str, Fraction], counts: Mapping[str, int]) -> float:
    """The logarithm of the evidence that draws do not follow the stated odds; infinite for an outcome never stated.

    It is the likelihood of the counts under a Dirichlet mixture centred on the stated odds, divided by that under the
    stated odds themselves: a martingale while these hold. By Ville's inequality it ever reaches log(1/α) with
    probability α at most, however often one looks.
    """
    if any(count and not stated.get(outcome) for outcome, count in counts.items()):
        return float("inf")
    evidence = lgamma(PRIOR_WEIGHT) - lgamma(PRIOR_WEIGHT + sum(counts.values()))
    for outcome, probability in stated.items():
        count = counts.get(outcome, 0)
        if count:
            weight = PRIOR_WEIGHT * float(probability)
            evidence += lgamma(weight + count) - lgamma(weight) - count * log(probability)
    return evidence


def alarm_level(tables: int) -> float:
    """The log evidence at which one of a version's `tables` alarms, so that all of them keep the false-alarm rate."""
    return log(tables / FALSE_ALARM_RATE)
