"""Missions as a player reads them: what is asked this period, how far, and what has been collected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from events.missions.models import Mission, MissionClaim
from events.missions.rules import Every, Period, period_of
from events.progress import selectors as progress
from events.progress.selectors import Span


@dataclass(frozen=True, slots=True)
class MissionState:
    """A mission in the period that runs now."""

    mission: Mission
    period: Period
    progress: int
    claimed: bool

    @property
    def completed(self) -> bool:
        return self.claimed or self.progress >= self.mission.target_value

    @property
    def claimable(self) -> bool:
        return self.completed and not self.claimed

    @property
    def share(self) -> int:
        """How far along, in whole per cent."""
        return 100 if self.completed else self.progress * 100 // self.mission.target_value


def missions_of(mission_type: str | None = None) -> QuerySet[Mission]:
    """The missions on offer, of one type or all; keyset key (sort_order, id)."""
    missions = Mission.objects.filter(is_active=True)
    return missions.filter(mission_type=mission_type) if mission_type else missions


def states_of(player_id: int, missions: Sequence[Mission], *, now: datetime) -> list[MissionState]:
    """Where the player stands in each mission, in the order given. Two statements."""
    periods = {every.value: period_of(every, now) for every in Every}
    values = progress.values_of([_span(player_id, mission, periods[mission.mission_type], now) for mission in missions])
    running = Q()
    for every, period in periods.items():
        running |= Q(mission__mission_type=every, period=period.first_date)
    collected = MissionClaim.objects.filter(running, player_id=player_id, mission__in=[row.pk for row in missions])
    claimed = set(collected.values_list("mission_id", flat=True))
    return [
        MissionState(mission, periods[mission.mission_type], value[mission.metric], mission.pk in claimed)
        for mission, value in zip(missions, values, strict=True)
    ]


def _span(player_id: int, mission: Mission, period: Period, now: datetime) -> Span:
    return Span.so_far(player_id, period.window.start, period.window.end, (mission.metric,), now)
