"""What the days say that streaks are, for many players at once: SQL that says the same as `rules.Streak`, set-based."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from casino_club.core import clock
from economy.ledger.rules import Account, reasons_of
from economy.streaks.mirror import ATTENDANCE_FOR, Lock, Shown
from economy.streaks.models import StreakState
from economy.streaks.rules import (
    ACTED_BY,
    CLIENT_ACTIONS,
    FIRST_PROTECTION_AT,
    ONE_DAY,
    PROTECTED_ACTIONS,
    PROTECTION_EVERY,
    PROTECTIONS_MAX,
    Action,
)

# One pass over each player's days in their order. A run's count is what was attended so far less what had been before
# it began; protections are earned at their counts and spent on covered days, and never more are held than the most:
# their balance less what ever overflowed. `judged` adds the misses before today.
_TRUTH = """
    WITH days AS (
        SELECT player_id, action, date, attended::integer AS attended,
               count(*) FILTER (WHERE attended) OVER player AS so_far,
               lag(date) OVER player IS DISTINCT FROM date - 1 AS begins
          FROM (SELECT player_id, action, date, source <> 'protected' AS attended
                  FROM economy_attendanceday WHERE player_id = ANY(%(players)s)) AS d
        WINDOW player AS (PARTITION BY player_id, action ORDER BY date ROWS UNBOUNDED PRECEDING)
    ), runs AS (
        SELECT *, (so_far - max(so_far - attended) FILTER (WHERE begins) OVER player)::integer AS count
          FROM days
        WINDOW player AS (PARTITION BY player_id, action ORDER BY date ROWS UNBOUNDED PRECEDING)
    ), protections AS (
        SELECT *, (sum(CASE WHEN attended = 0 THEN -1 WHEN count %% %(every)s = %(first)s THEN 1 ELSE 0 END)
                   OVER player)::integer AS balance
          FROM runs
        WINDOW player AS (PARTITION BY player_id, action ORDER BY date ROWS UNBOUNDED PRECEDING)
    ), folded AS (
        SELECT player_id, action, max(date) AS last_date, max(count) AS longest,
               (array_agg(count ORDER BY date))[count(*)] AS count,
               CASE WHEN action = ANY(%(protected)s)
                    THEN greatest(0, (array_agg(balance ORDER BY date))[count(*)]
                                     - greatest(0, max(balance) - %(most)s)) ELSE 0 END AS held,
               string_agg(date::text, ',' ORDER BY date)
                    FILTER (WHERE attended = 1 AND date > %(shown_after)s) AS shown
          FROM protections GROUP BY player_id, action
    ), facing AS (
        SELECT player_id, action, f.last_date, coalesce(f.longest, 0) AS longest, coalesce(f.count, 0) AS count,
               coalesce(f.held, 0) AS held, f.shown, coalesce(%(today)s - 1 - f.last_date, 0) AS misses, s.id,
               s.count AS stored_count, s.longest AS stored_longest, s.last_date AS stored_last_date,
               s.protections AS stored_held,
               action = ANY(%(protected)s) AND coalesce(s.protection_enabled, true) AND f.count > 0
               AND coalesce(s.protection_since, '-infinity') <= f.last_date + 1 AS covers
          FROM folded AS f
          FULL JOIN (SELECT * FROM economy_streakstate WHERE player_id = ANY(%(players)s)) AS s
               USING (player_id, action)
    ), judged AS (
        SELECT *, CASE WHEN covers AND misses > 0 THEN least(held, misses) ELSE 0 END AS spent FROM facing
    ), truth AS (
        SELECT *, CASE WHEN misses > spent THEN 0 ELSE count END AS final_count, last_date + spent AS final_date,
               held - spent AS final_held,
               id IS NULL OR (stored_longest, stored_last_date, stored_held) IS DISTINCT FROM (longest, last_date, held)
               OR (stored_count <> count AND (misses <= spent OR stored_count <> 0)) AS rebuilt,
               misses > spent AND count > 0 AND stored_count IS DISTINCT FROM 0 AS ended
          FROM judged
    ), checked AS (
        SELECT *, id IS NULL OR (stored_count, stored_longest, stored_last_date, stored_held)
                  IS DISTINCT FROM (final_count, longest, final_date, final_held) AS is_wrong
          FROM truth
    )
"""
_FOUND = """
    SELECT player_id, action, final_count, final_held, last_date, spent, rebuilt, ended, shown, is_wrong FROM checked
"""
_PUT_RIGHT = """, covered AS (
        INSERT INTO economy_attendanceday (player_id, action, date, source, created_at)
        SELECT player_id, action, last_date + miss, 'protected', %(now)s
          FROM checked CROSS JOIN generate_series(1, spent) AS miss
    ), updated AS (
        UPDATE economy_streakstate AS s
           SET count = c.final_count, longest = c.longest, last_date = c.final_date, protections = c.final_held,
               updated_at = %(now)s
          FROM checked AS c WHERE s.id = c.id AND c.is_wrong
    ), inserted AS (
        INSERT INTO economy_streakstate
               (player_id, action, count, longest, last_date, protections, protection_enabled, updated_at)
        SELECT player_id, action, final_count, longest, final_date, final_held, true, %(now)s
          FROM checked WHERE id IS NULL
    )
"""
_READ = _TRUTH + _FOUND
_RESTORE = _TRUTH + _PUT_RIGHT + _FOUND

# Paying is always the player's own act, and so is collecting; being given something is not. A claim of the day itself
# proves its attendance whenever it was booked.
_UNATTENDED = """
    SELECT player_id, date,
           EXISTS (SELECT 1 FROM user_rewards AS r
                    WHERE r.idempotency_key = format('streak:%%s:%%s:%%s', player_id, %(action)s::text, date))
        OR EXISTS (SELECT 1 FROM economy_entry AS e
                    WHERE e.player_id = k.player_id AND e.created_at >= d.starts AND e.created_at < d.ends
                      AND (e.reason = ANY(%(acts)s) OR e.reason = ANY(%(paying)s) AND e.amount < 0))
        OR %(by_being_here)s
           AND EXISTS (SELECT 1 FROM accounts_authsession AS s
                        WHERE s.user_id = k.player_id AND (s.created_at >= d.starts AND s.created_at < d.ends
                                                           OR s.last_seen_at >= d.starts AND s.last_seen_at < d.ends))
      FROM unnest(%(players)s::bigint[], %(dates)s::date[]) AS k (player_id, date)
      JOIN unnest(%(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS d (date, starts, ends)
           USING (date)
      JOIN economy_wallet USING (player_id)
     WHERE NOT EXISTS (SELECT 1 FROM economy_attendanceday AS a
                        WHERE a.player_id = k.player_id AND a.action = %(action)s AND a.date = k.date)
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """A streak as its days have it, every day before today judged; `is_wrong` where its row says otherwise.

    `shown` are the days that Redis should know, YYYY-MM-DD with commas between.
    """

    player_id: int
    action: Action
    count: int
    held: int
    spent: tuple[date, ...]
    rebuilt: bool
    ended: bool
    shown: str
    is_wrong: bool

    def as_shown(self) -> Shown:
        """What Redis should show of it."""
        return Shown(self.player_id, self.action, self.count, self.held, self.shown)


def players_after(player_id: int, *, limit: int) -> list[int]:
    """The next players by id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT player_id FROM economy_wallet WHERE player_id > %s ORDER BY player_id LIMIT %s", [player_id, limit]
        )
        return [found for (found,) in cursor]


def read(players: Sequence[int], *, today: date) -> list[Judged]:
    """The players' streaks, changing nothing."""
    return _judged(_READ, _parameters(players, today))


def restore(players: Sequence[int], *, today: date, now: datetime) -> list[Judged]:
    """Make the rows say what the days say: counters, spent protections, ended runs. Their wallets are locked."""
    return _judged(_RESTORE, _parameters(players, today) | {"now": now})


def stored(players: Iterable[int]) -> list[Shown]:
    """The figures in the rows of these players, without their days."""
    rows = StreakState.objects.filter(player_id__in=players).values_list("player_id", "action", "count", "protections")
    return [Shown(player_id, Action(action), count, held, "") for player_id, action, count, held in rows]


def unattended(locks: Sequence[Lock]) -> dict[Lock, bool]:
    """Those of the locks whose day was neither attended nor covered, each with whether the player acted that day."""
    found = {}
    days = sorted({lock.date for lock in locks})
    for action in {lock.action for lock in locks}:
        mine = [lock for lock in locks if lock.action == action]
        by_being_here = action in CLIENT_ACTIONS
        with connection.cursor() as cursor:
            cursor.execute(
                _UNATTENDED,
                {
                    "action": action,
                    "players": [lock.player_id for lock in mine],
                    "dates": [lock.date for lock in mine],
                    "days": days,
                    "starts": [clock.game_day_start(day) for day in days],
                    "ends": [clock.game_day_start(day + ONE_DAY) for day in days],
                    "acts": list(ACTED_BY[action]),
                    "paying": reasons_of(Account.HOUSE, Account.BURN, Account.SALE) if by_being_here else [],
                    "by_being_here": by_being_here,
                },
            )
            found |= {Lock(player_id, action, day): acted for player_id, day, acted in cursor}
    return found


def add_attendance(locks: Sequence[Lock], *, now: datetime) -> int:
    """Put down days as repaired; how many were not there. Their players' wallets are locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO economy_attendanceday (player_id, action, date, source, created_at)
            SELECT player_id, action, date, 'repaired', %s
              FROM unnest(%s::bigint[], %s::text[], %s::date[]) AS a (player_id, action, date)
            ON CONFLICT ON CONSTRAINT attendance_once_per_day DO NOTHING
            """,
            [
                now,
                [lock.player_id for lock in locks],
                [lock.action for lock in locks],
                [lock.date for lock in locks],
            ],
        )
        return cursor.rowcount


def _parameters(players: Sequence[int], today: date) -> dict[str, object]:
    return {
        "players": list(players),
        "today": today,
        "protected": list(PROTECTED_ACTIONS),
        "first": FIRST_PROTECTION_AT,
        "every": PROTECTION_EVERY,
        "most": PROTECTIONS_MAX,
        "shown_after": today - ATTENDANCE_FOR,
    }


def _judged(sql: str, parameters: dict[str, object]) -> list[Judged]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [
            Judged(
                player_id=player_id,
                action=Action(action),
                count=count,
                held=held,
                spent=tuple(last_date + timedelta(days=miss) for miss in range(1, spent + 1)),
                rebuilt=rebuilt,
                ended=ended,
                shown=shown or "",
                is_wrong=is_wrong,
            )
            for player_id, action, count, held, last_date, spent, rebuilt, ended, shown, is_wrong in cursor
        ]
