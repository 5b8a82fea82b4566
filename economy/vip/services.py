"""The day's VIP points, given once however often and from wherever they are asked for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from casino_club.core import clock
from casino_club.core.redis import quietly
from economy.ledger.selectors import wallet_of
from economy.rewards import services as rewards
from economy.rewards.models import UserReward
from economy.rewards.rules import Amounts
from economy.vip.rules import DAILY_POINTS, REASON, REWARD_TYPE, claim_key, flag_key
from economy.vip.selectors import claim_of

FLAG_FOR = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A day's claim as it was paid, with the points that the player holds now."""

    awarded_points: int
    new_vip_points: int
    claimed_at: datetime
    idempotent: bool


def claim(*, player_id: int, now: datetime) -> Claimed:
    """Give the game day's points, or tell of the claim that was made. Raises WalletMissing.

    The flag in Redis only spares a repeat the wallet's lock: what it says is looked up, and without it all is the same.
    """
    day = clock.game_date(now)
    if _is_flagged(player_id, day) and (made := claim_of(player_id, day)):
        return _as_claimed(made, wallet_of(player_id).vip_points, idempotent=True)
    with transaction.atomic():
        granted = rewards.grant(
            player_id=player_id,
            reward_type=REWARD_TYPE,
            amounts=Amounts(vip_points=DAILY_POINTS),
            key=claim_key(player_id, day),
            reason=REASON,
            metadata={"date": day.isoformat()},
            now=now,
        )
        transaction.on_commit(lambda: _flag(player_id, day))
    return _as_claimed(granted.reward, granted.balances.vip_points, granted.idempotent)


def _as_claimed(reward: UserReward, points: int, idempotent: bool) -> Claimed:
    return Claimed(reward.vip_points, points, reward.created_at, idempotent)


def _is_flagged(player_id: int, day: date) -> bool:
    return bool(quietly(lambda redis: redis.exists(flag_key(player_id, day)), purpose="vip_flag", otherwise=0))


def _flag(player_id: int, day: date) -> None:
    quietly(lambda redis: redis.set(flag_key(player_id, day), 1, ex=FLAG_FOR), purpose="vip_flag")
