"""What the home page shows of events: what is on, today's missions, the pass. For strangers, the public preview."""

from dataclasses import dataclass
from datetime import datetime

from events.battlepass.selectors import PassState
from events.battlepass.services import passes
from events.live.cards import Card, cards_for
from events.live.rules import Phase
from events.live.selectors import events_in
from events.missions.models import MissionType
from events.missions.selectors import MissionState, missions_of, states_of

EVENTS_SHOWN = 2
MISSIONS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Panel:
    """The first events by priority, today's missions in their order, and the running season's pass, if there is one."""

    events: list[Card]
    missions: list[MissionState]
    battlepass: PassState | None


def panel(*, player_id: int, now: datetime) -> Panel:
    """All of it, in a constant number of statements."""
    events = list(events_in(Phase.LIVE, now).order_by("-priority", "-id")[:EVENTS_SHOWN])
    missions = list(missions_of(MissionType.DAILY).order_by("sort_order", "id")[:MISSIONS_SHOWN])
    running = [state for state in passes(player_id=player_id, now=now) if not state.is_over]
    return Panel(
        events=cards_for(player_id, events, now=now),
        missions=states_of(player_id, missions, now=now),
        battlepass=running[0] if running else None,
    )
