"""What may move in the ledger and against which system account, and what a total of XP is worth as a level."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import isqrt

from django.utils.translation import gettext_lazy as _

BIGINT_MAX = 2**63 - 1
UNITS_MAX = 2**31 - 1
REASON_MAX = 64
REFERENCE_MAX = 200


class Asset(StrEnum):
    """What a wallet holds. All are whole numbers; none can be cashed out."""

    GOLD = "gold"
    GEMS = "gems"
    XP = "xp"
    VIP_POINTS = "vip_points"


ASSET_LABELS = {
    Asset.GOLD: _("Gold"),
    Asset.GEMS: _("Gems"),
    Asset.XP: _("XP"),
    Asset.VIP_POINTS: _("VIP points"),
}


class Account(StrEnum):
    """The contra side of a move: where the amount comes from or goes to."""

    MINT = "mint"
    HOUSE = "house"
    BURN = "burn"
    SALE = "sale"
    ADJUSTMENT = "adjustment"


@dataclass(frozen=True)
class Reason:
    """A line of the chart. `rewarded` reasons move only through `rewards.grant`, one reward row each."""

    account: Account
    label: str
    rewarded: bool = False


CHART: Mapping[str, Reason] = {
    "welcome.grant": Reason(Account.MINT, _("Welcome gift"), rewarded=True),
    "streak.claim": Reason(Account.MINT, _("Attendance reward"), rewarded=True),
    "vip.claim": Reason(Account.MINT, _("Daily VIP points"), rewarded=True),
    "safety_net.grant": Reason(Account.MINT, _("Safety net"), rewarded=True),
    "reward.grant": Reason(Account.MINT, _("Reward"), rewarded=True),
    "operator.grant": Reason(Account.MINT, _("Gift from the house"), rewarded=True),
    "event.claim": Reason(Account.MINT, _("Event reward"), rewarded=True),
    "mission.claim": Reason(Account.MINT, _("Mission reward"), rewarded=True),
    "pass.reward": Reason(Account.MINT, _("Battle pass reward"), rewarded=True),
    "pass.upgrade": Reason(Account.BURN, _("Battle pass upgrade")),
    "slot.bet": Reason(Account.HOUSE, _("Slot bet")),
    "slot.win": Reason(Account.HOUSE, _("Slot win")),
    "crash.bet": Reason(Account.HOUSE, _("Crane flight bet")),
    "crash.win": Reason(Account.HOUSE, _("Crane flight win")),
    "gacha.pull": Reason(Account.HOUSE, _("Lacquer box")),
    "rps.bet": Reason(Account.HOUSE, _("Rock, paper, scissors bet")),
    "rps.win": Reason(Account.HOUSE, _("Rock, paper, scissors win")),
    "shop.payment": Reason(Account.BURN, _("Paid in the shop")),
    "shop.goods": Reason(Account.SALE, _("Bought in the shop")),
    "shop.refund": Reason(Account.BURN, _("Shop refund")),
    "shop.return": Reason(Account.ADJUSTMENT, _("Goods returned for a refund")),
    "play.xp": Reason(Account.MINT, _("Play XP")),
    "ranking.prize": Reason(Account.MINT, _("Ranking prize"), rewarded=True),
    "dev.reset": Reason(Account.ADJUSTMENT, _("Development reset")),
    "adjustment": Reason(Account.ADJUSTMENT, _("Adjustment")),
}


def label_of(reason: str) -> str:
    """What a reason is called on screen; its own name where the chart no longer knows it."""
    known = CHART.get(reason)
    return str(known.label) if known else reason


def reasons_of(*accounts: Account) -> list[str]:
    """The reasons whose contra side is one of `accounts`, in the chart's order."""
    return [name for name, reason in CHART.items() if reason.account in accounts]


def rewarded_reasons() -> list[str]:
    """The reasons that move only through `rewards.grant`."""
    return [name for name, reason in CHART.items() if reason.rewarded]


@dataclass(frozen=True, slots=True)
class Move:
    """One change of one asset: `amount` is signed and never 0, `units` is how many acts it stands for.

    Raises TypeError or ValueError for what no caller may ever send: a bool, a float, a reason outside the chart.
    """

    asset: Asset
    amount: int
    reason: str
    reference: str
    units: int = 1
    metadata: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __post_init__(self):
        if type(self.amount) is not int or type(self.units) is not int:
            raise TypeError("A move's amount and units are whole numbers.")
        if self.amount == 0:
            raise ValueError("A move moves something.")
        if not 0 <= self.units <= UNITS_MAX:
            raise ValueError(f"Units out of range: {self.units}")
        if not isinstance(self.asset, Asset):
            raise TypeError(f"Not an asset: {self.asset}")
        if self.reason not in CHART:
            raise ValueError(f"Not in the chart: {self.reason}")
        if not 0 < len(self.reference) <= REFERENCE_MAX:
            raise ValueError(f"A reference has 1 to {REFERENCE_MAX} characters.")


@dataclass(frozen=True, slots=True)
class Balances:
    """What a wallet holds."""

    gold: int
    gems: int
    xp: int
    vip_points: int


# --- Levels ------------------------------------------------------------------------------------------------------
FIRST_LEVEL_XP = 1000
MORE_XP_PER_LEVEL = 100


@dataclass(frozen=True, slots=True)
class Level:
    """A level from 1, the XP earned inside it, what the whole of it takes, and the total behind it."""

    level: int
    experience: int
    max_experience: int
    total_experience: int


def xp_to_reach(level: int) -> int:
    """The total XP at which `level` begins: Σ (1000 + (l − 1)·100) for l = 1 … level − 1."""
    done = level - 1
    return done * FIRST_LEVEL_XP + MORE_XP_PER_LEVEL * done * (done - 1) // 2


def level_of(total_xp: int) -> Level:
    """The level of a total of XP, exact for any size.

    With k levels done, 50k² + 950k ≤ total, so k = ⌊(√(950² + 200·total) − 950) / 100⌋; the root is an integer one.
    """
    half = MORE_XP_PER_LEVEL // 2
    linear = FIRST_LEVEL_XP - half
    done = (isqrt(linear * linear + 4 * half * total_xp) - linear) // (2 * half)
    return Level(
        level=done + 1,
        experience=total_xp - xp_to_reach(done + 1),
        max_experience=FIRST_LEVEL_XP + done * MORE_XP_PER_LEVEL,
        total_experience=total_xp,
    )


# --- Windows -----------------------------------------------------------------------------------------------------
HOUR = timedelta(hours=1)


def hour_of(moment: datetime) -> datetime:
    """The UTC hour of the Tally that `moment` falls into."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Window:
    """The moments from `start` (included) to `end` (not included)."""

    start: datetime
    end: datetime

    def parts(self) -> "WindowParts":
        """The window as whole hours, summed from the Tally, and at most two edges, summed from entries."""
        first = hour_of(self.start)
        if first < self.start:
            first += HOUR
        last = hour_of(self.end)
        if first > last:
            return WindowParts(self.start, self.end, first, first, self.end, self.end)
        return WindowParts(self.start, first, first, last, last, self.end)


@dataclass(frozen=True, slots=True)
class WindowParts:
    """Half-open [head_start, head_end) and [tail_start, tail_end) of entries around the hours [first, last)."""

    head_start: datetime
    head_end: datetime
    first_hour: datetime
    last_hour: datetime
    tail_start: datetime
    tail_end: datetime


@dataclass(frozen=True, slots=True)
class Sum:
    """What moved: how many entries, how many units, and the signed amount."""

    entries: int = 0
    units: int = 0
    amount: int = 0


def sum_of(sums: Iterable[Sum]) -> Sum:
    """All of them together."""
    entries = units = amount = 0
    for part in sums:
        entries += part.entries
        units += part.units
        amount += part.amount
    return Sum(entries, units, amount)
