"""Ticking a day, once, and claiming its reward, once, whatever the tabs, the clock and Redis do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.inbox.services import Notice, notify_all
from casino_club.core import clock, metrics
from casino_club.core.errors import DomainError
from economy.ledger import services as ledger
from economy.rewards import services as rewards
from economy.rewards.rules import Amounts
from economy.streaks import mirror
from economy.streaks.models import AttendanceDay, StreakState
from economy.streaks.rules import (
    CLIENT_ACTIONS,
    FORMULA,
    ONE_DAY,
    PROTECTED_ACTIONS,
    PROTECTION_USED,
    Action,
    Source,
    Streak,
    claim_key,
    reward_for,
    run_until,
    streak_from,
)
from economy.streaks.selectors import (
    Protection,
    covered_days,
    covered_days_until,
    protection,
    settled_of,
    state_for,
    state_on,
    streak_of,
)

REWARD_TYPE = "STREAK_DAILY"

_days = metrics.counter("streak_days_total", "Days put down: attended (tick) or protected.", ["action", "source"])
_claims = metrics.counter("streak_claims_total", "Rewards of days collected.", ["action"])
_consumed = metrics.counter("protection_consumed_total", "Streak protections spent on missed days.")


class NotAttended(DomainError):
    code = "not_attended"
    message = _("You haven't done this today yet.")


@dataclass(frozen=True, slots=True)
class Ticked:
    """A day's tick: the count as of that day, and whether this call was the day's first."""

    action: Action
    date: date
    count: int
    longest: int
    ticked: bool
    protection_used: int = 0


@dataclass(frozen=True, slots=True)
class Claimed:
    """A day's claim as it was paid, with the gold that the player holds now."""

    action: Action
    streak_count: int
    awarded_gold: int
    awarded_xp: int
    new_gold_balance: int
    claimed_at: datetime
    idempotent: bool


def tick(*, player_id: int, action: Action, now: datetime) -> Ticked:
    """Count the game day of `now`; only the day's first call changes anything. Raises WalletMissing.

    Called for every bet: a day that already stands is answered by one read, without a lock.
    """
    day = clock.game_date(now)
    state = state_on(player_id, action, day)
    if state is not None and state.attended and state.last_date == day:
        return Ticked(action, day, state.count, state.longest, ticked=False)
    with transaction.atomic():
        ledger.lock_wallet(player_id)
        return _tick(player_id, action, day, now)


def claim(*, player_id: int, action: Action, now: datetime) -> Claimed:
    """Pay the day's reward, once; a repeat gives the same record. A client action is ticked first.

    Raises NotAttended for a server action that did not happen today, and WalletMissing.
    """
    day = clock.game_date(now)
    with transaction.atomic():
        ledger.lock_wallet(player_id)
        count = _tick(player_id, action, day, now).count if action in CLIENT_ACTIONS else _count(player_id, action, day)
        reward = reward_for(count)
        granted = rewards.grant(
            player_id=player_id,
            reward_type=REWARD_TYPE,
            amounts=Amounts(gold=reward.gold, xp=reward.xp),
            key=claim_key(player_id, action, day),
            reason="streak.claim",
            metadata={"formula": FORMULA, "action_type": action, "date": day.isoformat(), "streak_count": count},
            now=now,
        )
        if not granted.idempotent:
            metrics.committed(_claims.labels(action))
    paid = granted.reward
    return Claimed(
        action=action,
        streak_count=paid.reward_metadata["streak_count"],
        awarded_gold=paid.gold_amount,
        awarded_xp=paid.xp_amount,
        new_gold_balance=granted.balances.gold,
        claimed_at=paid.created_at,
        idempotent=granted.idempotent,
    )


def set_protection(*, player_id: int, enabled: bool, now: datetime) -> Protection:
    """Turn the daily streak's protection on or off for misses from today on; earlier ones are judged as it was.

    Raises WalletMissing.
    """
    action, today = Action.DAILY_LOGIN, clock.game_date(now)
    with transaction.atomic():
        ledger.lock_wallet(player_id)
        state = state_for(player_id, action) or StreakState(player_id=player_id, action=action)
        _settle(state, today, now)
        if enabled and not state.protection_enabled:
            state.protection_since = today
        state.protection_enabled = enabled
        _save(state, now)
    return protection(player_id, now)


def announce_protections(spent: Iterable[tuple[int, date]], *, now: datetime) -> None:
    """Tell players of the missed days that a protection was spent on, once for each, in the caller's transaction."""
    notices = [
        Notice(player_id, PROTECTION_USED.name, {"missed_date": day.isoformat()}, f"streak.protection:{day}")
        for player_id, day in spent
    ]
    if notices:
        notify_all(notices=notices, now=now)
        metrics.committed(_consumed, times=len(notices))


def _tick(player_id: int, action: Action, day: date, now: datetime) -> Ticked:
    """With the wallet locked: put the day down and let the run follow."""
    state = state_on(player_id, action, day)
    if state is not None and state.attended:
        count = state.count if state.last_date == day else _run(player_id, action, day)
        return Ticked(action, day, count, state.longest, ticked=False)
    if state is None or _is_judged(state, day):
        return _tick_by_days(state or StreakState(player_id=player_id, action=action), day, now)
    used = _settle(state, day, now)
    _put_down(state, [day], Source.TICK, now)
    _follow(state, streak_of(state).ticked(day, protectable=action in PROTECTED_ACTIONS))
    _save(state, now, attended=day)
    return Ticked(action, day, state.count, state.longest, ticked=True, protection_used=used)


def _is_judged(state: StreakState, day: date) -> bool:
    """Whether the run has gone on, or ended, as if `day` were over: a request of just before midnight came late."""
    if state.last_date is None:
        return False
    return state.last_date >= day or (state.count == 0 and state.last_date == day - ONE_DAY)


def _tick_by_days(state: StreakState, day: date, now: datetime) -> Ticked:
    """Put down a day that the stored run cannot take in by itself; a protection spent on it comes back."""
    _put_down(state, [day], Source.TICK, now)
    action = Action(state.action)
    days = covered_days(state.player_id, action)
    _follow(state, streak_from(days, protectable=action in PROTECTED_ACTIONS))
    _save(state, now, attended=day)
    count = run_until(day, [covered for covered in reversed(days) if covered[0] <= day])
    return Ticked(action, day, count, state.longest, ticked=True)


def _settle(state: StreakState, today: date, now: datetime) -> int:
    """Judge every day before `today`: protections are spent on misses, or the run has ended; how many were spent."""
    settled = settled_of(state, today)
    _follow(state, settled.streak)
    if settled.spent:
        _put_down(state, settled.spent, Source.PROTECTED, now)
        announce_protections([(state.player_id, day) for day in settled.spent], now=now)
    return len(settled.spent)


def _follow(state: StreakState, streak: Streak) -> None:
    state.count, state.longest, state.last_date = streak.count, streak.longest, streak.last_date
    state.protections = streak.held


def _put_down(state: StreakState, days: Sequence[date], source: Source, now: datetime) -> None:
    """Write days. Only a protected one can be there already, and attendance takes its place."""
    AttendanceDay.objects.bulk_create(
        [
            AttendanceDay(player_id=state.player_id, action=state.action, date=day, source=source, created_at=now)
            for day in days
        ],
        update_conflicts=True,
        unique_fields=["player", "action", "date"],
        update_fields=["source", "created_at"],
    )
    metrics.committed(_days.labels(state.action, source), times=len(days))


def _save(state: StreakState, now: datetime, *, attended: date | None = None) -> None:
    state.updated_at = now
    state.save()
    mirror.write_after_commit(
        player_id=state.player_id,
        action=Action(state.action),
        count=state.count,
        held=state.protections,
        day=attended,
    )


def _count(player_id: int, action: Action, day: date) -> int:
    """The count as of a day that was attended. Raises NotAttended."""
    state = state_on(player_id, action, day)
    if state is None or not state.attended:
        raise NotAttended
    return state.count if state.last_date == day else _run(player_id, action, day)


def _run(player_id: int, action: Action, day: date) -> int:
    return run_until(day, covered_days_until(player_id, action, day))
