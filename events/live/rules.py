"""When an event is open, when its reward can be claimed, and what the model index event consists of."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

GRACE = timedelta(days=7)
"""After an event's end, how long a completed one can still be claimed."""
SHARDS = 32
"""Rows over which an event's counts are spread, so that a popular event's joins do not wait for one another."""
REWARD_TYPE = "EVENT"
REWARD_REASON = "event.claim"


class Phase(StrEnum):
    """Where an event stands at a moment. `grace`: over, but completed ones can be claimed."""

    DRAFT = "draft"
    UPCOMING = "upcoming"
    LIVE = "live"
    GRACE = "grace"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Schedule:
    """An event's window from `starts_at` (included) to `ends_at` (not included), or to when it was deactivated."""

    starts_at: datetime
    ends_at: datetime
    is_active: bool
    deactivated_at: datetime | None = None

    @property
    def closes_at(self) -> datetime:
        """When plays stop counting: the end, or the deactivation where that came first."""
        return min(self.ends_at, self.deactivated_at) if self.deactivated_at else self.ends_at

    def phase(self, now: datetime) -> Phase:
        """Where it stands. An event that was never active is a draft."""
        if not self.is_active and self.deactivated_at is None:
            return Phase.DRAFT
        if now >= self.closes_at:
            return Phase.GRACE if now < self.closes_at + GRACE else Phase.ENDED
        return Phase.UPCOMING if now < self.starts_at else Phase.LIVE


def reward_key(user_id: int, event_id: int) -> str:
    """The key by which an event's reward is paid once."""
    return f"event:{user_id}:{event_id}"


@dataclass(frozen=True)
class Model:
    """An event that operators can bring out again with one press."""

    code: str
    title: str
    title_en: str
    description: str
    description_en: str
    event_type: str
    lasts: timedelta
    requirements: dict[str, int]
    rewards: dict[str, int]
    priority: int


MODEL_INDEX = Model(
    code="model-index",
    title="모델 지수 도전 이벤트",
    title_en="Model index challenge",
    description="유료 게임 한 판마다 1점, 건 골드 100마다 1점이 쌓여요. 1,000점을 모으면 보상을 받을 수 있어요.",
    description_en="Every paid play is worth 1 point, and so is every 100 gold you wager. Reach 1,000 points to collect.",
    event_type="special",
    lasts=timedelta(days=14),
    requirements={"model_index_points": 1000},
    rewards={"gold": 5000, "exp": 1000},
    priority=50,
)
