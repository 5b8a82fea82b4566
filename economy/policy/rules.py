"""How a special reward is reduced: progressive bands and a cap, in whole numbers. Pure."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

SPECIAL = "SPECIAL_"
BANDS_MOST = 8
GOLD_MOST = 10**15


def is_special(reward_type: str) -> bool:
    """Operators' grants and campaigns; events, missions and streaks are not."""
    return reward_type.startswith(SPECIAL)


@dataclass(frozen=True, slots=True)
class Policy:
    """`percents[i]` of the band `widths[i]` is given, the last percent of everything above, and at most `cap`."""

    version: int
    widths: tuple[int, ...]
    percents: tuple[int, ...]
    cap: int

    def granted(self, asked: int) -> int:
        """What is given of `asked` gold: the bands summed first, then rounded down once, then capped.

        With the first version 8,000 → 1,000 + 2,000 + 750 = 3,750.
        """
        hundredths, rest = 0, asked
        for width, percent in zip(self.widths, self.percents, strict=False):
            part = min(rest, width)
            hundredths += part * percent
            rest -= part
        hundredths += rest * self.percents[-1]
        return min(hundredths // 100, self.cap)


# The first version, in force from the first day until operators publish another (migration 0004 stores it as a row).
FIRST = Policy(version=1, widths=(1_000, 4_000), percents=(100, 50, 25), cap=5_000)


def faults_of(widths: list[int], percents: list[int], cap: int) -> dict[str, list[str]]:
    """What is wrong with the bands and cap of a new version, by field; empty when nothing is."""
    faults = {}
    if len(widths) > BANDS_MOST or any(not 1 <= width <= GOLD_MOST for width in widths):
        faults["widths"] = [_("Up to eight bands, each of at least 1 gold.")]
    if len(percents) != len(widths) + 1:
        faults["percents"] = [_("One percentage for each band, and one for everything above.")]
    elif any(not 0 <= percent <= 100 for percent in percents) or percents != sorted(percents, reverse=True):
        faults["percents"] = [_("From 0 to 100, each no higher than the one before.")]
    elif percents[0] == 0:
        faults["percents"] = [_("The first band has to give something.")]
    if not 1 <= cap <= GOLD_MOST:
        faults["cap"] = [_("At least 1 gold.")]
    return faults
