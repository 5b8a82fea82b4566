"""What the events' pages tell of a reward collected."""

from collections.abc import Mapping
from typing import Protocol

from django.utils.translation import gettext as _

from casino_club.core.page_acts import Said
from economy.ledger.rules import Balances, level_of


class Collected(Protocol):
    """What claiming an event or a mission gives back."""

    rewards: Mapping[str, int]
    balances: Balances
    idempotent: bool


def level_reached(balances: Balances, gained_xp: int) -> int | None:
    """The level, where the XP just gained raised it."""
    before, after = level_of(balances.xp - gained_xp).level, level_of(balances.xp).level
    return after if after > before else None


def collected(claimed: Collected, title: str) -> Said:
    """What to tell of a reward just collected, or collected before."""
    if claimed.idempotent:
        return Said("info", _("You already collected this reward."))
    level = level_reached(claimed.balances, claimed.rewards.get("exp", 0))
    return Said("success", _("The reward of “%(title)s” is yours.") % {"title": title}, level)
