"""Collecting a mission's reward: once a period, whatever is repeated."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from casino_club.core import metrics
from casino_club.core.errors import DomainError, NotFound
from economy.ledger import services as ledger
from economy.ledger.rules import Balances
from economy.rewards import services as rewards
from events.missions.models import Mission, MissionClaim
from events.missions.rules import REWARD_REASON, REWARD_TYPE, reward_key
from events.missions.selectors import states_of

completions_total = metrics.counter("mission_completion_total", "Missions completed and collected.", ["mission_type"])


class MissionNotCompleted(DomainError):
    code = "mission_not_completed"
    message = _("Not everything is done yet.")


@dataclass(frozen=True, slots=True)
class Claimed:
    """What was given, what the wallet holds now, and whether it had been given before in this period."""

    mission: Mission
    rewards: dict[str, int]
    balances: Balances
    idempotent: bool


def claim(*, player_id: int, mission_id: int, now: datetime) -> Claimed:
    """Collect the reward of a mission completed in the running period; a repeat gives the same and pays nothing.

    Raises NotFound, MissionNotCompleted.
    """
    mission = Mission.objects.filter(pk=mission_id, is_active=True).first()
    if mission is None:
        raise NotFound
    with transaction.atomic():
        ledger.lock_wallet(player_id)
        (state,) = states_of(player_id, [mission], now=now)
        if not state.completed:
            raise MissionNotCompleted
        granted = rewards.grant(
            player_id=player_id,
            reward_type=REWARD_TYPE,
            amounts=mission.amounts,
            key=reward_key(player_id, mission.pk, state.period.first_date),
            reason=REWARD_REASON,
            metadata={"mission": mission.pk, "period": state.period.first_date.isoformat()},
            now=now,
        )
        if not state.claimed:
            MissionClaim.objects.create(
                player_id=player_id, mission=mission, period=state.period.first_date, claimed_at=now
            )
            metrics.committed(completions_total.labels(mission.mission_type))
    reward = granted.reward
    given = {
        "gold": reward.gold_amount,
        "gems": reward.gem_amount,
        "exp": reward.xp_amount,
        "vip_points": reward.vip_points,
    }
    return Claimed(mission, {name: n for name, n in given.items() if n}, granted.balances, granted.idempotent)
