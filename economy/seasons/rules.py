"""What a season is made of: hours that the Tally knows whole, tiers by XP, and the days of grace after it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

GRACE = timedelta(days=7)
"""After a season's end, how long its rewards wait to be collected before they are granted automatically."""


def is_whole_hour(moment: datetime) -> bool:
    """Whether a moment is the first of a UTC hour, so that a season's XP can be summed from the Tally alone."""
    return (moment.minute, moment.second, moment.microsecond) == (0, 0, 0)


def reached(xp: int, thresholds: Sequence[int]) -> int:
    """How many of the tiers, whose thresholds rise, an amount of season XP has reached: the pass's level."""
    return sum(1 for threshold in thresholds if xp >= threshold)
