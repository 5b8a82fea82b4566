"""Ticking a day, once, and claiming its reward, once, whatever the tabs, the clock and Redis do."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from casino_club.core import clock
from casino_club.core.errors import DomainError
from economy.ledger import services as ledger
from economy.rewards import services as rewards
from economy.rewards.rules import Amounts
from economy.streaks import mirror
from economy.streaks.models import AttendanceDay, StreakState
from economy.streaks.rules import CLIENT_ACTIONS, FORMULA, Action, Source, claim_key, reward_for, run_until
from economy.streaks.selectors import covered_days_until, state_for, streak_of

REWARD_TYPE = "STREAK_DAILY"


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
    state = state_for(player_id, action)
    if state is not None and state.last_date == day:
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


def _tick(player_id: int, action: Action, day: date, now: datetime) -> Ticked:
    """With the wallet locked: put the day down and let the run follow."""
    state = state_for(player_id, action) or StreakState(player_id=player_id, action=action)
    if state.last_date == day:
        return Ticked(action, day, state.count, state.longest, ticked=False)
    if state.last_date is not None and state.last_date > day:
        return _tick_late(state, day, now)
    streak = streak_of(state).ticked(day)
    state.count, state.longest, state.last_date = streak.count, streak.longest, streak.last_date
    state.updated_at = now
    _put_down(state, day, now)
    state.save()
    mirror.write_after_commit(player_id=player_id, action=action, day=day, count=state.count)
    return Ticked(action, day, state.count, state.longest, ticked=True)


def _tick_late(state: StreakState, day: date, now: datetime) -> Ticked:
    """A request of just before midnight that got the lock after one of just after it: both days count."""
    player_id, action = state.player_id, Action(state.action)
    first = not AttendanceDay.objects.filter(player_id=player_id, action=action, date=day).exists()
    if first:
        _put_down(state, day, now)
        state.count = run_until(state.last_date, covered_days_until(player_id, action, state.last_date))
        state.longest = max(state.longest, state.count)
        state.updated_at = now
        state.save()
        mirror.write_after_commit(player_id=player_id, action=action, day=day, count=state.count)
    return Ticked(action, day, _run(player_id, action, day), state.longest, ticked=first)


def _put_down(state: StreakState, day: date, now: datetime) -> None:
    row = AttendanceDay(player_id=state.player_id, action=state.action, date=day, source=Source.TICK, created_at=now)
    AttendanceDay.objects.bulk_create([row], ignore_conflicts=True)


def _count(player_id: int, action: Action, day: date) -> int:
    """The count as of a day that was attended. Raises NotAttended."""
    state = state_for(player_id, action)
    if state is not None and state.last_date == day:
        return state.count
    count = _run(player_id, action, day)
    if not count:
        raise NotAttended
    return count


def _run(player_id: int, action: Action, day: date) -> int:
    return run_until(day, covered_days_until(player_id, action, day))
