"""Taking the safety net: once in half an hour, eight times a game day, by whoever cannot pay the smallest bet."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from casino_club.core import clock
from casino_club.core.errors import DomainError
from economy.ledger import services as ledger
from economy.rewards import services as rewards
from economy.rewards.rules import Amounts
from economy.safetynet.rules import A_DAY, EVERY, GOLD, REASON, REWARD_TYPE, SMALLEST_BET, free_from, key_of, number_on
from economy.safetynet.selectors import last_taken


class SafetyNetNotNeeded(DomainError):
    code = "safety_net_not_needed"
    message = _("You still have enough gold for a bet.")


class SafetyNetTooSoon(DomainError):
    code = "safety_net_too_soon"
    message = _("The safety net opens every 30 minutes. Please come back a little later.")


class SafetyNetUsedUp(DomainError):
    code = "safety_net_used_up"
    message = _("That was the last safety net of today. It opens again with the new day.")


@dataclass(frozen=True, slots=True)
class Caught:
    """What was given, what the player holds now, how many are left today, and when the next one opens."""

    awarded_gold: int
    new_gold_balance: int
    left_today: int
    next_at: datetime


def take(*, player_id: int, now: datetime) -> Caught:
    """Give the safety net. Of many at once one is paid: the others find the player with enough gold.

    Raises SafetyNetNotNeeded, SafetyNetTooSoon, SafetyNetUsedUp (each of the last two tells when it opens) and
    WalletMissing.
    """
    today = clock.game_date(now)
    with transaction.atomic():
        wallet = ledger.lock_wallet(player_id)
        if wallet.gold >= SMALLEST_BET:
            raise SafetyNetNotNeeded
        last = last_taken(player_id)
        taken = number_on(today, last)
        opens_at = free_from(last, today, clock.next_reset(now))
        if opens_at is not None and now < opens_at:
            refusal = SafetyNetUsedUp if taken >= A_DAY else SafetyNetTooSoon
            seconds = ceil((opens_at - now).total_seconds())
            raise refusal(extra={"opens_at": clock.iso(opens_at), "retry_after": seconds}, retry_after=seconds)
        granted = rewards.grant(
            player_id=player_id,
            reward_type=REWARD_TYPE,
            amounts=Amounts(gold=GOLD),
            key=key_of(player_id, today, taken + 1),
            reason=REASON,
            metadata={"gold_before": wallet.gold},
            now=now,
        )
    left = A_DAY - taken - 1
    next_at = now + EVERY if left else max(now + EVERY, clock.next_reset(now))
    return Caught(GOLD, granted.balances.gold, left, next_at)
