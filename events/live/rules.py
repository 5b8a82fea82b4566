"""When an event is open, when its reward can be claimed, what a sound draft is, and the model index event."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.inbox.rules import Kind, register
from events.progress.rules import METRICS, TARGET_MAX

GRACE = timedelta(days=7)
"""After an event's end, how long a completed one can still be claimed."""
SHARDS = 32
"""Rows over which an event's counts are spread, so that a popular event's joins do not wait for one another."""
IMAGE_URL = re.compile(r"(https://|/(?!/))[!-~]*")
REWARD_TYPE = "EVENT"
REWARD_REASON = "event.claim"
REWARD_WAITING = register(
    Kind(
        "event.reward_waiting",
        gettext_lazy("A reward is waiting"),
        gettext_lazy("You completed “%(title)s”. Collect the reward within 7 days after the event ends."),
        params=("title",),
        page="events",
        icon="gift",
    )
)


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

    @property
    def claimable_until(self) -> datetime:
        """When a completed event can be collected no more."""
        return self.closes_at + GRACE

    def phase(self, now: datetime) -> Phase:
        """Where it stands. An event that was never active is a draft."""
        if not self.is_active and self.deactivated_at is None:
            return Phase.DRAFT
        if now >= self.closes_at:
            return Phase.GRACE if now < self.claimable_until else Phase.ENDED
        return Phase.UPCOMING if now < self.starts_at else Phase.LIVE


def waiting_key(event_id: int) -> str:
    """The key of the notification that says so."""
    return f"event.reward:{event_id}"


def reward_key(user_id: int, event_id: int) -> str:
    """The key by which an event's reward is paid once."""
    return f"event:{user_id}:{event_id}"


@dataclass(frozen=True, slots=True)
class Asked:
    """One requirement of a draft; a daily cap marks it as reported by clients."""

    metric: str
    target: int
    daily_cap: int | None = None


@dataclass(frozen=True)
class Draft:
    """All that an operator decides about an event."""

    title: str
    start_date: datetime
    end_date: datetime
    requirements: tuple[Asked, ...]
    rewards: dict[str, int]
    title_en: str = ""
    description: str = ""
    description_en: str = ""
    event_type: str = "special"
    image_url: str = ""
    priority: int = 0
    is_active: bool = True


def faults_of(draft: Draft) -> dict[str, list[str]]:
    """What is wrong with a draft, by field; empty when it can become an event."""
    faults: dict[str, list[str]] = {}
    if draft.end_date <= draft.start_date:
        faults["end_date"] = [_("The end must be after the start.")]
    if not any(draft.rewards.values()):
        faults["rewards"] = [_("Give at least one reward.")]
    if draft.image_url and not IMAGE_URL.fullmatch(draft.image_url):
        faults["image_url"] = [_("Give an https address, or a path of this site that begins with /.")]
    texts = requirement_faults(draft.requirements)
    if texts:
        faults["requirements"] = texts
    return faults


def requirement_faults(requirements: Sequence[Asked]) -> list[str]:
    """What is wrong with a list of requirements; empty when it is right."""
    if not requirements:
        return [_("Ask for at least one thing.")]
    texts = []
    names = [asked.metric for asked in requirements]
    if len(set(names)) != len(names):
        texts.append(_("Ask for each metric once."))
    for asked in requirements:
        metric = METRICS.get(asked.metric)
        if metric is None:
            texts.append(_("There is no metric %(name)s.") % {"name": asked.metric})
        elif metric.is_derived and asked.daily_cap is not None:
            texts.append(_("%(name)s is counted by the server; clients can't report it.") % {"name": asked.metric})
        elif not metric.is_derived and asked.daily_cap is None:
            texts.append(
                _("%(name)s is reported by clients; say how much of it counts a day.") % {"name": asked.metric}
            )
        if not 1 <= asked.target <= TARGET_MAX:
            texts.append(_("A target is at least 1."))
        if asked.daily_cap is not None and asked.daily_cap < 1:
            texts.append(_("A daily cap is at least 1."))
    return texts


@dataclass(frozen=True, slots=True)
class Template:
    """An event that operators bring out again with one press; it starts at once."""

    code: str
    lasts: timedelta
    draft: dict[str, object]

    def at(self, now: datetime) -> Draft:
        return Draft(start_date=now, end_date=now + self.lasts, **self.draft)


MODEL_INDEX = Template(
    code="model-index",
    lasts=timedelta(days=14),
    draft={
        "title": "모델 지수 도전 이벤트",
        "title_en": "Model index challenge",
        "description": "유료 게임 한 판마다 1점, 건 골드 100마다 1점이 쌓여요. 1,000점을 모으면 보상을 받을 수 있어요.",
        "description_en": "A paid play is worth 1 point, and so is every 100 gold you wager. Reach 1,000 to collect.",
        "event_type": "special",
        "requirements": (Asked("model_index_points", 1000),),
        "rewards": {"gold": 5000, "exp": 1000},
        "priority": 50,
    },
)
