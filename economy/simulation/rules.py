"""What a simulated house is made of: games as pure functions, players by chance, and figures that add up. Pure.

Gold is counted in whole numbers; chance comes from a seeded generator, so a run can be repeated to the last coin.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import sqrt
from random import Random
from typing import Protocol

# Two-sided, 99.9 %: one false alarm in two thousand runs a game. Fewer plays than these say nothing either way.
Z = 3.2905
PLAYS_LEAST = 2_000
# Where the buckets of balances begin: 0, 1, 2, 5, 10, 20, 50 …
BUCKETS = (0, *(step * 10**power for power in range(13) for step in (1, 2, 5)))


class Chance(Protocol):
    """Where random numbers come from: a game's own draw, or a simulation's generator."""

    def below(self, bound: int) -> int: ...


class SeededChance:
    """A simulation's random numbers, the same for the same seed."""

    def __init__(self, seed: str):
        self._random = Random(seed)  # noqa: S311 - a simulation has to be repeatable, not secret
        self.below = self._random.randrange

    def share(self) -> float:
        """From 0 up to 1, each part as likely."""
        return self._random.random()


@dataclass(frozen=True, slots=True)
class Simulator:
    """A game: `play` gives the gold won by one paid play of a bet, free plays that follow it included.

    `exact` is the return that the published figures state, `band` where it has to lie; None where gold buys something
    else than gold. `weight` is how often players choose it, against the other games. Any app declares its own in
    `<app>/simulators.py` as `SIMULATORS`.
    """

    game: str
    min_bet: int
    max_bet: int
    play: Callable[[Chance, int], int]
    exact: Fraction | None
    band: tuple[Fraction, Fraction] | None
    bet_reason: str
    win_reason: str
    weight: int = 10


@dataclass(slots=True)
class Returns:
    """The plays of one game, summed. Gold is exact; the mean return of a play and its spread are statistics.

    A play counts the same whatever its bet, so that a few large bets do not drown what all of them say.
    """

    plays: int = 0
    bet: int = 0
    won: int = 0
    _sum: float = 0.0
    _squares: float = 0.0

    def add(self, bet: int, won: int) -> None:
        self.plays += 1
        self.bet += bet
        self.won += won
        returned = won / bet
        self._sum += returned
        self._squares += returned * returned

    @property
    def rtp(self) -> float:
        """What a play returns of its bet on average."""
        return self._sum / self.plays if self.plays else 0.0

    @property
    def margin(self) -> float:
        """Half the 99.9 % interval of that average."""
        if self.plays < 2:
            return 1.0
        variance = max(0.0, self._squares / self.plays - self.rtp**2) * self.plays / (self.plays - 1)
        return Z * sqrt(variance / self.plays)


def faults_of(simulator: Simulator, returns: Returns) -> list[str]:
    """Why a game must not be published: its stated return, or the whole interval of the played one, leaves its band."""
    if simulator.band is None:
        return []
    low, high = simulator.band
    faults = []
    if simulator.exact is not None and not low <= simulator.exact <= high:
        faults.append(f"{simulator.game}: states {float(simulator.exact):.4%}, outside {_band(low, high)}")
    rtp, margin = returns.rtp, returns.margin
    if returns.plays >= PLAYS_LEAST and (rtp + margin < low or rtp - margin > high):
        faults.append(f"{simulator.game}: plays at {rtp:.2%} ± {margin:.2%}, outside {_band(low, high)}")
    return faults


def _band(low: Fraction, high: Fraction) -> str:
    return f"{float(low):.1%}–{float(high):.1%}"


def bucket_of(balance: int) -> int:
    """The index of the bucket that a balance falls into."""
    low, high = 0, len(BUCKETS)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if BUCKETS[middle] <= balance else (low, middle)
    return low


@dataclass(slots=True)
class Figures:
    """What a simulated house comes to. `moved[day][reason]` is gold, signed as players see it."""

    days: int
    players: int = 0
    returns: dict[str, Returns] = field(default_factory=dict)
    moved: list[dict[str, int]] = field(default_factory=list)
    balances: list[int] = field(default_factory=lambda: [0] * len(BUCKETS))
    gold: int = 0
    richest: int = 0
    visits: int = 0

    def __post_init__(self):
        self.moved = [{} for _ in range(self.days)]

    def move(self, day: int, reason: str, amount: int) -> None:
        if amount:
            by_reason = self.moved[day]
            by_reason[reason] = by_reason.get(reason, 0) + amount

    def total(self, reason: str) -> int:
        """Gold of one reason over all days."""
        return sum(by_reason.get(reason, 0) for by_reason in self.moved)

    def reasons(self) -> list[str]:
        """Every reason that moved anything, in a stable order."""
        return sorted({reason for by_reason in self.moved for reason in by_reason})

    def finish(self, balance: int) -> None:
        """A player's last balance."""
        self.players += 1
        self.gold += balance
        self.richest = max(self.richest, balance)
        self.balances[bucket_of(balance)] += 1

    def balance_at(self, share: float) -> int:
        """Where the bucket begins that holds the player at that share of all, poorest first."""
        wanted, seen = share * self.players, 0
        for start, count in zip(BUCKETS, self.balances, strict=True):
            seen += count
            if seen >= wanted:
                return start
        return BUCKETS[-1]
