"""Repair: whatever happened to rows and to Redis, streaks become again what their days say.

Set-based, in batches of players, each in a short transaction of its own. Nothing is assumed to run once or alone: a
batch is judged, the wallets of those that need something are locked (whoever plays just then is left to the next run),
and what to do is worked out anew under the locks.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import structlog
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_noop

from casino_club.core import alerts, clock, jobs, metrics
from casino_club.core.redis import quietly
from economy.ledger import services as ledger
from economy.streaks import mirror, truth
from economy.streaks.mirror import Lock
from economy.streaks.models import StreakRepairReport
from economy.streaks.rules import ALERT_ABOVE, DRIFT, ONE_DAY, RepairAction
from economy.streaks.services import announce_protections
from economy.streaks.truth import Judged

BATCH = 2000
FAILURES_KEPT = 100
ONE_AT_A_TIME = 0x5354524B  # this job's name among PostgreSQL's advisory locks

log = structlog.get_logger(__name__)
_actions = metrics.counter("streak_repair_actions_total", "What repairs of streaks did.", ["action"])
_seconds = metrics.histogram("streak_repair_seconds", "Time to repair all streaks.", buckets=(1, 5, 15, 60, 300))


@dataclass
class _Run:
    """A run under way and what it has come to."""

    today: date
    now: datetime
    dry_run: bool
    done: Counter = field(default_factory=Counter)
    players: int = 0
    active: int = 0
    skipped: int = 0
    failures: list[dict] = field(default_factory=list)
    rolled_back: set[int] = field(default_factory=set)  # of a dry run: their days were added, and taken back again


def repair(*, now: datetime, today: date | None = None, dry_run: bool = False) -> StreakRepairReport | None:
    """Put every streak right as of the game day `today`, by default that of `now`; None while another run does it.

    A second run changes nothing. A dry run writes nothing but its report.
    """
    with jobs.only_run_of(ONE_AT_A_TIME) as alone:
        if not alone:
            log.info("streak_repair_already_running")
            return None
        run = _Run(today or clock.game_date(now), now, dry_run)
        with _seconds.time():
            quietly(lambda _redis: _mend_all_locks(run), purpose="streak_repair")
            for players in _batches():
                _mend_streaks(run, players)
    report = _reported(run)
    if not dry_run:
        _alert(run)
    return report


def repair_players(
    *, player_ids: Sequence[int], operator_id: int, now: datetime, dry_run: bool = False
) -> StreakRepairReport:
    """The same for a few players, for an operator."""
    run, players = _Run(clock.game_date(now), now, dry_run), sorted(set(player_ids))
    days = [run.today - back * ONE_DAY for back in range(mirror.LOCK_FOR.days + 1)]
    quietly(lambda _redis: _mend_locks(run, mirror.locks_of(players, days)), purpose="streak_repair")
    _mend_streaks(run, players)
    return _reported(run, operator_id=operator_id)


# --- The four drifts --------------------------------------------------------------------------------------------------
def _mend_all_locks(run: _Run) -> None:
    for locks in mirror.locks(page=BATCH):
        _mend_locks(run, locks)


def _mend_locks(run: _Run, locks: Sequence[Lock]) -> None:
    """A lock whose day is not there: the day is added where the player acted, otherwise the lock is dropped."""
    orphans = truth.unattended([lock for lock in locks if lock.date <= run.today])

    def mend(players: Sequence[int]) -> None:
        with transaction.atomic():
            idle = ledger.lock_idle_wallets(players)
            mine = truth.unattended([lock for lock in orphans if lock.player_id in idle])
            missing = [lock for lock, acted in mine.items() if acted]
            phantom = [lock for lock, acted in mine.items() if not acted]
            added = truth.add_attendance(missing, now=run.now)
            judged = _restore(run, sorted({lock.player_id for lock in missing}))
            transaction.set_rollback(run.dry_run)
        run.done[RepairAction.ATTENDANCE_ADDED] += added
        run.done[RepairAction.LOCKS_DROPPED] += len(phantom)
        run.skipped += len(set(players) - idle)
        _count(run, judged)
        if run.dry_run:
            run.rolled_back |= {lock.player_id for lock in missing}
            return
        mirror.drop(phantom)
        _show(run, judged)

    _each(run, sorted({lock.player_id for lock in orphans}), mend)


def _mend_streaks(run: _Run, players: Sequence[int]) -> None:
    """Counters follow their days, misses spend protections or end the run, and Redis shows what came of it."""

    def mend(players: Sequence[int]) -> None:
        judged = truth.read(players, today=run.today)
        wrong = {streak.player_id for streak in judged if streak.is_wrong} - run.rolled_back
        idle: set[int] = set()
        if wrong:
            with transaction.atomic():
                idle = ledger.lock_idle_wallets(sorted(wrong))
                restored = _restore(run, sorted(idle))
                transaction.set_rollback(run.dry_run)
            judged = [streak for streak in judged if streak.player_id not in wrong] + restored
            _count(run, restored)
        run.players += len(players)
        run.active += sum(streak.count > 0 for streak in judged)
        run.skipped += len(wrong - idle)
        quietly(lambda _redis: _show(run, judged), purpose="streak_repair")

    _each(run, players, mend)


def _restore(run: _Run, players: Sequence[int]) -> list[Judged]:
    """With the wallets locked: the rows follow the days, and players hear of protections spent."""
    judged = truth.restore(players, today=run.today, now=run.now) if players else []
    announce_protections([(streak.player_id, day) for streak in judged for day in streak.spent], now=run.now)
    return judged


def _show(run: _Run, judged: Sequence[Judged]) -> None:
    """Redis gets the days, locks and figures that it lacks or shows otherwise."""
    shown = [streak.as_shown() for streak in judged if streak.shown]
    short, locks = mirror.lacking(shown, locked_since=clock.game_date(run.now) - ONE_DAY)
    seen = mirror.values_off(shown)
    values = len(seen)
    if not run.dry_run:
        mirror.add(short, locks)
        values = mirror.exchange(seen, truth.stored({streak.player_id for streak in shown}) if seen else [])
    run.done[RepairAction.SETS_RESTORED] += len(short)
    run.done[RepairAction.VALUES_RESTORED] += len(locks) + values


def _count(run: _Run, judged: Sequence[Judged]) -> None:
    run.done[RepairAction.COUNTERS_REBUILT] += sum(streak.rebuilt for streak in judged)
    run.done[RepairAction.PROTECTIONS_SPENT] += sum(len(streak.spent) for streak in judged)
    run.done[RepairAction.STREAKS_ENDED] += sum(streak.ended for streak in judged)


# --- Running ----------------------------------------------------------------------------------------------------------
def _batches() -> Iterator[list[int]]:
    last = 0
    while players := truth.players_after(last, limit=BATCH):
        yield players
        last = players[-1]


def _each(run: _Run, players: Sequence[int], mend: Callable[[Sequence[int]], None]) -> None:
    """Mend them together; where that fails, by halves, until the one it fails for is alone and noted."""
    if not players:
        return
    try:
        mend(players)
    except DatabaseError as error:
        if not connection.is_usable():
            raise
        if len(players) > 1:
            half = len(players) // 2
            _each(run, players[:half], mend)
            _each(run, players[half:], mend)
            return
        log.exception("streak_repair_failed", player_id=players[0])
        run.failures.append({"player_id": players[0], "error": type(error).__name__})


def _reported(run: _Run, *, operator_id: int | None = None) -> StreakRepairReport:
    if not run.dry_run:
        for action, times in run.done.items():
            _actions.labels(action).inc(times)
    return StreakRepairReport.objects.create(
        date=run.today,
        started_at=run.now,
        finished_at=clock.now(),
        dry_run=run.dry_run,
        requested_by_id=operator_id,
        players=run.players,
        active_streaks=run.active,
        players_skipped=run.skipped,
        failures=run.failures[:FAILURES_KEPT],
        **{action.value: run.done[action] for action in RepairAction},
    )


def _alert(run: _Run) -> None:
    """Tell operators of drift beyond the ordinary and of players it failed for; say when that has passed."""
    drift = sum(run.done[action] for action in DRIFT)
    drifted = gettext_noop("%(drift)d of %(active)d active streaks needed repair.")
    failed = gettext_noop("The repair of streaks failed for %(players)d players.")
    for rule, is_wrong, message, facts in (
        ("streak_repair_ratio", drift > ALERT_ABOVE * run.active, drifted, {"drift": drift, "active": run.active}),
        ("streak_repair_failed", bool(run.failures), failed, {"players": len(run.failures)}),
    ):
        if is_wrong:
            alerts.raise_alert(rule=rule, severity="warning", message=message, facts=facts, now=run.now)
        else:
            alerts.resolve(rule=rule, now=run.now)
