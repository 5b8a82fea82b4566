"""An event as its card shows it: what is asked and how far, what it gives, what can be done now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from events.live import services
from events.live.models import Event
from events.live.rules import Phase
from events.live.selectors import Counts, State, counts_of
from events.progress.rules import METRICS

FACES = {"daily": "plum", "weekly": "iris", "special": "maple", "seasonal": "pine"}


@dataclass(frozen=True, slots=True)
class Ask:
    """One requirement: its name, how far the player is (never beyond the target), and the target."""

    label: str
    value: int
    target: int


@dataclass(frozen=True, slots=True)
class Card:
    """All that a card or an event's page shows."""

    event: Event
    phase: Phase
    counts: Counts
    state: State
    asks: list[Ask]

    @property
    def target(self) -> str:
        """The id of the card's element, which an act on it swaps."""
        return f"event-{self.event.pk}"

    @property
    def face(self) -> str:
        """The hwatu card that stands for the event's type."""
        return FACES[self.event.event_type]

    @property
    def picture(self) -> str:
        """The event's own picture where it is one of this site; the page shows no stranger's."""
        return self.event.image_url if self.event.image_url.startswith("/") else ""

    @property
    def can_join(self) -> bool:
        return self.phase is Phase.LIVE and not self.state.joined

    @property
    def can_claim(self) -> bool:
        return self.state.completed and not self.state.claimed and self.phase in (Phase.LIVE, Phase.GRACE)

    @property
    def until(self) -> datetime | None:
        """The moment that matters next: the start, the end, or the last chance to collect."""
        match self.phase:
            case Phase.UPCOMING:
                return self.event.start_date
            case Phase.LIVE:
                return self.event.end_date
            case Phase.GRACE if self.can_claim:
                return self.event.schedule.claimable_until
        return None


def cards_for(player_id: int, events: Sequence[Event], *, now: datetime) -> list[Card]:
    """Cards of any number of events in a constant number of statements; notes what is found complete."""
    counts = counts_of(event.pk for event in events)
    states = services.states(player_id=player_id, events=events, now=now)
    return [
        Card(event, event.phase(now), counts[event.pk], states[event.pk], asks_of(event, states[event.pk].progress))
        for event in events
    ]


def asks_of(event: Event, progress: Mapping[str, int]) -> list[Ask]:
    """What the event asks for, with the player's progress."""
    return [
        Ask(str(METRICS[name].label), min(progress.get(name, 0), target), target)
        for name, target in event.targets.items()
    ]
