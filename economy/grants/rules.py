"""What operators may give, and from which amount a second one has to agree. Pure."""

from dataclasses import dataclass, fields

from django.conf import settings
from django.utils.translation import gettext as _

from economy.ledger.rules import ASSET_LABELS, Asset
from economy.rewards.rules import Amounts

REWARD_TYPE = "SPECIAL_OPERATOR_GRANT"
LEDGER_REASON = "operator.grant"
APPROVAL_KIND = "operator.grant"
MOST = 10**9
ASSETS = tuple(asset.value for asset in Asset)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The most of each that one operator gives one player in 24 hours alone."""

    gold: int
    gems: int
    xp: int
    vip_points: int


def thresholds() -> Thresholds:
    return Thresholds(
        gold=settings.GRANT_APPROVAL_THRESHOLD_GOLD,
        gems=settings.GRANT_APPROVAL_THRESHOLD_GEMS,
        xp=settings.GRANT_APPROVAL_THRESHOLD_XP,
        vip_points=settings.GRANT_APPROVAL_THRESHOLD_VIP_POINTS,
    )


def needs_second(asked: Amounts, before: dict[str, int]) -> bool:
    """Whether these amounts, with what the operator gave the player alone lately, are more than one may give."""
    most = thresholds()
    return any(
        getattr(asked, field.name)
        and getattr(asked, field.name) + before.get(field.name, 0) > getattr(most, field.name)
        for field in fields(most)
    )


def faults_of(amounts: dict[str, int]) -> dict[str, list[str]]:
    """What is wrong with the amounts, by field; empty when nothing is."""
    faults = {
        name: [_("From 0 to %(most)s.") % {"most": f"{MOST:,}"}]
        for name, amount in amounts.items()
        if not 0 <= amount <= MOST
    }
    if not faults and not any(amounts.values()):
        faults["gold"] = [_("Give something.")]
    return faults


def in_words(amounts: dict[str, int]) -> str:
    """`Gold 5,000 · Gems 20`."""
    return " · ".join(f"{ASSET_LABELS[asset]} {amounts[asset]:,}" for asset in Asset if amounts.get(asset))
