"""Whether the safety net is for this player now, and when it is next."""

from dataclasses import dataclass
from datetime import datetime

from casino_club.core import clock
from economy.ledger.models import Entry
from economy.ledger.rules import Asset
from economy.safetynet.rules import A_DAY, GOLD, REASON, SMALLEST_BET, Taken, free_from, number_on, taken_from


@dataclass(frozen=True, slots=True)
class Offer:
    """What a player short of gold may take, or (`opens_at`) when they may; `left` counts those of today."""

    opens_at: datetime | None
    left: int
    minutes: int
    gold: int = GOLD


def last_taken(player_id: int) -> Taken | None:
    """The last time; references of one player sort by time, so the index that keeps them unique finds it."""
    entries = Entry.objects.filter(player_id=player_id, asset=Asset.GOLD, reason=REASON).order_by("-reference")
    found = entries.values_list("reference", "created_at").first()
    return taken_from(*found) if found else None


def offer(*, player_id: int, gold: int, now: datetime) -> Offer | None:
    """The offer to a player who holds so much gold; None to whoever can still pay the smallest bet."""
    if gold >= SMALLEST_BET:
        return None
    last, today = last_taken(player_id), clock.game_date(now)
    opens_at = free_from(last, today, clock.next_reset(now))
    if opens_at is not None and opens_at <= now:
        opens_at = None
    seconds = (opens_at - now).total_seconds() if opens_at else 0
    return Offer(opens_at, A_DAY - number_on(today, last), -int(-seconds // 60))
