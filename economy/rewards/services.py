"""The one way to give: a reward is inserted and paid together, once for its key."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from casino_club.core import metrics
from casino_club.core.errors import DomainError
from economy.ledger import services as ledger
from economy.ledger.rules import CHART, Balances, Move
from economy.policy import selectors as policy
from economy.policy.rules import is_special
from economy.rewards.models import UserReward
from economy.rewards.rules import KEY_MAX, Amounts

_given = metrics.counter("rewards_total", "Rewards given.", ["type"])
KEY_CONSTRAINT = "ix_user_rewards_idempotency_key"


class RewardConflict(DomainError):
    """The key belongs to another player's reward, or to one of another type."""

    code = "reward_conflict"
    message = _("This reward was already given for something else.")


class NothingLeft(DomainError):
    """The policy of special rewards leaves nothing of so small a reward."""

    code = "nothing_left"
    message = _("The policy of special rewards leaves nothing of this.")


@dataclass(frozen=True, slots=True)
class Granted:
    """The reward, the balances that stand now, and whether it had been given before."""

    reward: UserReward
    balances: Balances
    idempotent: bool


def grant(
    *,
    player_id: int,
    reward_type: str,
    amounts: Amounts,
    key: str,
    reason: str,
    metadata: Mapping[str, object] | None = None,
    now: datetime,
) -> Granted:
    """Give `amounts` to the player, or return the reward that the key already stands for, unchanged.

    `reason` is one of the chart's rewarded reasons; the entries carry the key as their reference. Of many at once with
    one key exactly one pays. Of a special reward the gold is reduced by the policy in force; the metadata keeps
    `asked`, `granted` and `policy_version`. Raises RewardConflict, NothingLeft and what `ledger.post` raises.
    """
    if not CHART[reason].rewarded:
        raise ValueError(f"Not a reason for rewards: {reason}")
    if not 0 < len(key) <= KEY_MAX:
        raise ValueError(f"A key has 1 to {KEY_MAX} characters.")
    with transaction.atomic(savepoint=False):
        wallet = ledger.lock_wallet(player_id)
        existing = UserReward.objects.filter(idempotency_key=key).first()
        if existing is not None:
            if (existing.user_id, existing.reward_type) != (player_id, reward_type):
                raise RewardConflict
            return Granted(existing, Balances(wallet.gold, wallet.gems, wallet.xp, wallet.vip_points), True)
        metadata = dict(metadata or {})
        if is_special(reward_type):
            amounts, reduction = _reduced(amounts)
            metadata |= reduction
        reward = UserReward(
            user_id=player_id,
            reward_type=reward_type,
            gold_amount=amounts.gold,
            gem_amount=amounts.gems,
            xp_amount=amounts.xp,
            vip_points=amounts.vip_points,
            reward_metadata=metadata,
            idempotency_key=key,
            created_at=now,
        )
        _insert(reward)
        moves = [Move(asset, amount, reason, key) for asset, amount in amounts.by_asset()]
        posting = ledger.post(player_id, moves, now=now)
        given(reward_type)
        return Granted(reward, posting.balances, False)


def given(reward_type: str, times: int = 1) -> None:
    """Count rewards; for those given in batches as well."""
    metrics.committed(_given.labels(reward_type), times=times)


def _reduced(amounts: Amounts) -> tuple[Amounts, dict]:
    in_force = policy.current()
    granted = in_force.granted(amounts.gold)
    if not (granted or amounts.gems or amounts.xp or amounts.vip_points):
        raise NothingLeft
    reduction = {"asked": amounts.gold, "granted": granted, "policy_version": in_force.version}
    return replace(amounts, gold=granted), reduction


def _insert(reward: UserReward) -> None:
    try:
        reward.save(force_insert=True)
    except IntegrityError as error:
        # The player's own repeats wait for the wallet: only another player's reward can have come between.
        if error.__cause__.diag.constraint_name == KEY_CONSTRAINT:
            raise RewardConflict from error
        raise
