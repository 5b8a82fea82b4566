"""The safety net: a little gold for whoever cannot pay the smallest bet any more. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

SMALLEST_BET = 10  # of all games in gold; tests/games/test_safety_net_bets.py holds them to it
GOLD = 100
EVERY = timedelta(minutes=30)
A_DAY = 8
REWARD_TYPE = "SAFETY_NET"
REASON = "safety_net.grant"


@dataclass(frozen=True, slots=True)
class Taken:
    """The last time a player took it: the game day, which of that day's, and the moment."""

    day: date
    number: int
    at: datetime


def number_on(day: date, last: Taken | None) -> int:
    """How many were taken on `day`."""
    return last.number if last and last.day == day else 0


def free_from(last: Taken | None, day: date, next_day_starts: datetime) -> datetime | None:
    """When the next one may be taken at the earliest; None when nothing stands in its way."""
    if last is None:
        return None
    earliest = last.at + EVERY
    if number_on(day, last) >= A_DAY:
        return max(earliest, next_day_starts)
    return earliest


def key_of(player_id: int, day: date, number: int) -> str:
    """The reward's key. Of one player they sort by time, `number` being a single digit."""
    return f"safety_net:{player_id}:{day.isoformat()}:{number}"


def taken_from(key: str, at: datetime) -> Taken:
    """What a key says."""
    _, _, day, number = key.split(":")
    return Taken(date.fromisoformat(day), int(number), at)
