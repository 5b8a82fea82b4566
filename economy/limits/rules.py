"""A player's own limits: what counts as tighter, what a day has used up, and what a bet would break. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

LOOSENS_AFTER = timedelta(hours=24)
PAUSE_HOURS = (24, 168, 720)
EXCLUSION_DAYS_LEAST = 180
EXCLUSION_DAYS_MOST = 36_500
GOLD_MOST = 10**15
MINUTES_MOST = 24 * 60


class Kind(StrEnum):
    """What a day can be limited in: gold staked, gold lost after winnings, minutes with a bet."""

    WAGER = "daily_wager"
    LOSS = "daily_loss"
    MINUTES = "daily_minutes"


KIND_LABELS = {Kind.WAGER: _("Gold staked a day"), Kind.LOSS: _("Gold lost a day"), Kind.MINUTES: _("Minutes a day")}
MOST = {Kind.WAGER: GOLD_MOST, Kind.LOSS: GOLD_MOST, Kind.MINUTES: MINUTES_MOST}


class Rest(StrEnum):
    """A time without bets: a pause of days, an exclusion of half a year or more."""

    PAUSE = "pause"
    EXCLUSION = "exclusion"


REST_LABELS = {Rest.PAUSE: _("Pause"), Rest.EXCLUSION: _("Exclusion")}


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit in force (None: none), and the looser one that takes its place at `next_at`, if one is on its way."""

    amount: int | None = None
    next_amount: int | None = None
    next_at: datetime | None = None

    def at(self, now: datetime) -> "Limit":
        """The same limit once what has come due is in force."""
        if self.next_at is not None and self.next_at <= now:
            return Limit(self.next_amount)
        return self

    def changed(self, wanted: int | None, now: datetime) -> "Limit":
        """Tighter at once; looser 24 h from now, counted from the first time that it was asked for."""
        current = self.at(now)
        if current.amount is None or (wanted is not None and wanted <= current.amount):
            return Limit(wanted)
        if current.next_at is not None and current.next_amount == wanted:
            return current
        return Limit(current.amount, wanted, now + LOOSENS_AFTER)


@dataclass(frozen=True, slots=True)
class Used:
    """What a game day has seen so far. `this_minute`: whether a bet was placed in the present minute already."""

    wagered: int = 0
    won: int = 0
    minutes: int = 0
    this_minute: bool = False

    @property
    def lost(self) -> int:
        """Gold lost after winnings; below 0 on a day that is ahead."""
        return self.wagered - self.won


@dataclass(frozen=True, slots=True)
class Standing:
    """A player's limits as they are at a moment, the day's use, and until when they rest."""

    limits: dict[Kind, Limit] = field(default_factory=dict)
    used: Used = Used()
    rests: dict[Rest, datetime] = field(default_factory=dict)

    def amount(self, kind: Kind) -> int | None:
        """The limit in force, None where there is none."""
        return self.limits.get(kind, Limit()).amount


@dataclass(frozen=True, slots=True)
class Breach:
    """Which limit a bet would break, and how much of it was still free."""

    limit: Kind | Rest
    remaining: int = 0


def breach_of(standing: Standing, stake: int) -> Breach | None:
    """The first limit that staking so much gold now would break; a limit may be reached to the last coin.

    A free play stakes nothing, so only a rest stands in its way. The loss counted is the worst case: the whole stake.
    """
    if standing.rests:
        longest = max(standing.rests, key=standing.rests.__getitem__)
        return Breach(longest)
    if not stake:
        return None
    used = standing.used
    for kind, spent in ((Kind.WAGER, used.wagered), (Kind.LOSS, used.lost)):
        limit = standing.amount(kind)
        if limit is not None and spent + stake > limit:
            return Breach(kind, max(0, limit - spent))
    limit = standing.amount(Kind.MINUTES)
    if limit is not None and not used.this_minute and used.minutes + 1 > limit:
        return Breach(Kind.MINUTES)
    return None
