"""When a mission's period begins and ends, and the key by which its reward is paid once."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from casino_club.core import clock
from economy.ledger.rules import Window

REWARD_TYPE = "MISSION"
REWARD_REASON = "mission.claim"


class Every(StrEnum):
    """How often a mission starts afresh."""

    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Period:
    """One round of a mission: its first game day, and its window up to the reset."""

    first_date: date
    window: Window

    @property
    def resets_at(self) -> datetime:
        return self.window.end


def period_of(every: str, now: datetime) -> Period:
    """The game day, or the week from its Monday, that `now` falls into."""
    today = clock.game_date(now)
    if every == Every.DAILY:
        first, days = today, 1
    else:
        first, days = clock.week_start(today), 7
    return Period(first, Window(clock.game_day_start(first), clock.game_day_start(first + timedelta(days=days))))


def reward_key(user_id: int, mission_id: int, period: date) -> str:
    """The key by which a mission's reward is paid once a period."""
    return f"mission:{user_id}:{mission_id}:{period.isoformat()}"
