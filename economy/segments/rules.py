"""Which segment a player belongs to: recency, frequency and spend as fifths of the house, judged by one list of rules.

The rules are thumb rules (docs/segments.md says why). They stand here once: `segment_of` judges by them in Python,
`AS_SQL` in the database, and a test compares the two over every case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from economy.ledger.rules import Account, reasons_of

ACTIVE_WINDOW = timedelta(days=90)
"""Days with a paid play are counted within this time."""
SPEND_WINDOW = timedelta(days=365)
"""Card payments less refunds are summed within this time."""
NEW_DAYS = 14
AWAY_DAYS = 7
NEVER_DAYS = 9999
"""Days away of somebody who has not played within the window."""
FIFTHS = (0.2, 0.4, 0.6, 0.8)
PLAYS = tuple(reason for reason in reasons_of(Account.HOUSE) if reason.endswith((".bet", ".pull")))


class Segment(StrEnum):
    """What a player is to the house; the first rule that fits decides, in this order."""

    NEW = "new"
    WHALE = "whale"
    HIGH_VALUE = "high_value"
    AT_RISK = "at_risk"
    MEDIUM_VALUE = "medium_value"
    LOW_VALUE = "low_value"


SEGMENT_LABELS = {
    Segment.NEW: _("New"),
    Segment.WHALE: _("Whale"),
    Segment.HIGH_VALUE: _("High value"),
    Segment.AT_RISK: _("At risk"),
    Segment.MEDIUM_VALUE: _("Medium value"),
    Segment.LOW_VALUE: _("Low value"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A player's scores, 1 to 5 with 5 the best fifth and 0 for nothing at all, and two plain spans in days.

    Of recency and frequency, players who are level share the better fifth; of spend the lower one, for nobody is a
    whale who pays what everybody pays.
    """

    recency: int
    frequency: int
    spend: int
    days_known: int
    days_away: int


@dataclass(frozen=True, slots=True)
class Case:
    """Bounds on a standing, all of which must hold."""

    least: Mapping[str, int] = field(default_factory=dict)
    most: Mapping[str, int] = field(default_factory=dict)

    def fits(self, standing: Standing) -> bool:
        return all(getattr(standing, name) >= bound for name, bound in self.least.items()) and all(
            getattr(standing, name) <= bound for name, bound in self.most.items()
        )

    def as_sql(self) -> str:
        """The same over columns of these names."""
        bounds = [f"{name} >= {bound}" for name, bound in self.least.items()]
        bounds += [f"{name} <= {bound}" for name, bound in self.most.items()]
        return f"({' AND '.join(bounds)})"


RULES: Sequence[tuple[Segment, tuple[Case, ...]]] = (
    # Nothing can be said yet of who has just come; who pays at once is judged by that.
    (Segment.NEW, (Case(most={"days_known": NEW_DAYS - 1, "spend": 0}),)),
    # The top fifth of those who pay, and still coming.
    (Segment.WHALE, (Case(least={"spend": 5}, most={"days_away": AWAY_DAYS - 1}),)),
    (Segment.HIGH_VALUE, (Case(least={"spend": 3}, most={"days_away": AWAY_DAYS - 1}),)),
    # They paid well or played often, and have stayed away.
    (
        Segment.AT_RISK,
        (
            Case(least={"spend": 3, "days_away": AWAY_DAYS}),
            Case(least={"frequency": 4, "days_away": AWAY_DAYS}),
        ),
    ),
    (Segment.MEDIUM_VALUE, (Case(least={"spend": 1}), Case(least={"frequency": 3, "recency": 3}))),
)
OTHERWISE = Segment.LOW_VALUE


def segment_of(standing: Standing) -> Segment:
    """The first segment of which a case fits."""
    for segment, cases in RULES:
        if any(case.fits(standing) for case in cases):
            return segment
    return OTHERWISE


def fifth_from_above(value: int, cuts: Sequence[int]) -> int:
    """The fifth, 1 to 5, with `cuts` taken from the best value down: who is level with others shares the better one."""
    return 5 - sum(cut > value for cut in cuts)


def fifth_from_below(value: int, cuts: Sequence[int]) -> int:
    """The fifth, 1 to 5, with `cuts` taken from the least value up: who is level with others shares the lower one."""
    return 1 + sum(cut < value for cut in cuts)


AS_SQL = (
    "CASE "
    + " ".join(f"WHEN {' OR '.join(case.as_sql() for case in cases)} THEN '{segment}'" for segment, cases in RULES)
    + f" ELSE '{OTHERWISE}' END"
)
