"""What can be asked of a player: the registry of metrics, each derived from the ledger's Tally or marked as reported.

To add a metric, add one entry to `METRICS` and one test to tests/events/test_metrics_rules.py. A derived metric names
what it reads of the ledger (asset → reasons) and how the sums of a window become its value. A play is a paid round: it
books its stake under a house reason ending in `.bet` or `.pull`, with one unit a play (a ten-pull is ten). A win is a
payout above the stake: the games book every payout under `*.win`, with one unit when it is a win and none otherwise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from economy.ledger.rules import Account, Asset, Sum, reasons_of, sum_of

STAKES = tuple(reason for reason in reasons_of(Account.HOUSE) if reason.endswith((".bet", ".pull")))
PAYOUTS = tuple(reason for reason in reasons_of(Account.HOUSE) if reason.endswith(".win"))
SPENDING = tuple(reasons_of(Account.HOUSE, Account.BURN))
EARNED_XP = tuple(reasons_of(Account.MINT))

GOLD_PER_INDEX_POINT = 100
TARGET_MAX = 10**15

ByAsset = Mapping[Asset, Sum]
"""What moved within a window, by asset, of a metric's reasons."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure about play. Without `value` it is one that clients report, and only where an operator marked it."""

    name: str
    label: str
    reads: Mapping[Asset, tuple[str, ...]] = field(default_factory=dict)
    value: Callable[[ByAsset], int] | None = None

    @property
    def is_derived(self) -> bool:
        return self.value is not None

    def of(self, moved: Mapping[tuple[Asset, str], Sum]) -> int:
        """The metric's value for what moved within a window, by (asset, reason); never below 0."""
        by_asset = {asset: _sum(moved, asset, reasons) for asset, reasons in self.reads.items()}
        return max(0, self.value(by_asset))


def _sum(moved: Mapping[tuple[Asset, str], Sum], asset: Asset, reasons: tuple[str, ...]) -> Sum:
    return sum_of(moved[asset, reason] for reason in reasons if (asset, reason) in moved)


def _plays(moved: ByAsset) -> int:
    return moved[Asset.GOLD].units + moved[Asset.GEMS].units


def _units(asset: Asset) -> Callable[[ByAsset], int]:
    return lambda moved: moved[asset].units


def _spent(asset: Asset) -> Callable[[ByAsset], int]:
    return lambda moved: -moved[asset].amount


def _received(asset: Asset) -> Callable[[ByAsset], int]:
    return lambda moved: moved[asset].amount


def _index_points(moved: ByAsset) -> int:
    return _plays(moved) + -moved[Asset.GOLD].amount // GOLD_PER_INDEX_POINT


_STAKES_OF_ANY_ASSET = {Asset.GOLD: STAKES, Asset.GEMS: STAKES}

METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("plays", _("Plays"), _STAKES_OF_ANY_ASSET, _plays),
        Metric("wins", _("Wins"), {Asset.GOLD: PAYOUTS}, _units(Asset.GOLD)),
        Metric("wagered_gold", _("Gold wagered"), {Asset.GOLD: STAKES}, _spent(Asset.GOLD)),
        Metric("won_gold", _("Gold won"), {Asset.GOLD: PAYOUTS}, _received(Asset.GOLD)),
        Metric("slot_spins", _("Slot spins"), {Asset.GOLD: ("slot.bet",)}, _units(Asset.GOLD)),
        Metric("crash_bets", _("Crash bets"), {Asset.GOLD: ("crash.bet",)}, _units(Asset.GOLD)),
        Metric("gacha_pulls", _("Gacha pulls"), {Asset.GOLD: ("gacha.pull",), Asset.GEMS: ("gacha.pull",)}, _plays),
        Metric("xp", _("XP earned"), {Asset.XP: EARNED_XP}, _received(Asset.XP)),
        Metric("streak_claims", _("Attendance rewards"), {Asset.GOLD: ("streak.claim",)}, _units(Asset.GOLD)),
        Metric("spent_gems", _("Gems spent"), {Asset.GEMS: SPENDING}, _spent(Asset.GEMS)),
        Metric("model_index_points", _("Model index points"), _STAKES_OF_ANY_ASSET, _index_points),
        Metric("rules_read", _("Rules read")),
        Metric("shares", _("Shares")),
        Metric("tutorial_steps", _("Tutorial steps")),
    )
}
DERIVED = tuple(name for name, metric in METRICS.items() if metric.is_derived)
REPORTED = tuple(name for name, metric in METRICS.items() if not metric.is_derived)


def reads_of(names: set[str]) -> set[tuple[Asset, str]]:
    """Every (asset, reason) that the metrics read."""
    return {(asset, reason) for name in names for asset, reasons in METRICS[name].reads.items() for reason in reasons}


def is_complete(progress: Mapping[str, int], targets: Mapping[str, int]) -> bool:
    """Whether every target has been reached."""
    return all(progress[name] >= target for name, target in targets.items())


def share_of(progress: Mapping[str, int], targets: Mapping[str, int]) -> int:
    """How far along, in whole per cent, rounded down: each target counts alike, none for more than its own."""
    parts = [min(progress[name], target) * 100 // target for name, target in targets.items()]
    return sum(parts) // len(parts)
