"""Statistics are counted in the statement that settles a round, and can be rebuilt from the rounds at any time."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction

from casino_club.core import audit, metrics
from casino_club.core.errors import NotFound
from economy.ledger import services as ledger
from games.stats.models import StatsRecalculation

log = structlog.get_logger(__name__)
update_latency = metrics.histogram(
    "stats_update_latency_seconds", "The statement that settles a round and counts it into the statistics."
)
_duration = metrics.histogram("stats_recalc_duration_seconds", "Rebuilding one player's statistics from the rounds.")
_healed = metrics.counter("stats_healed_total", "Rows of statistics that a recalculation had to correct.")

FIGURES = ("rounds", "total_bets", "total_wins", "total_losses", "highest_multiplier", "total_wagered", "total_won")

_COUNTED = """
    {name} AS (
        INSERT INTO {table} AS s
            ({key}, rounds, total_bets, total_wins, total_losses, highest_multiplier, total_wagered, total_won,
             updated_at)
        VALUES ({values}, 1, %(paid)s, %(won)s, %(lost)s, %(multiplier)s, %(bet)s, %(win)s, %(now)s)
        ON CONFLICT ({key}) DO UPDATE SET
            rounds = s.rounds + 1,
            total_bets = s.total_bets + excluded.total_bets,
            total_wins = s.total_wins + excluded.total_wins,
            total_losses = s.total_losses + excluded.total_losses,
            highest_multiplier = greatest(s.highest_multiplier, excluded.highest_multiplier),
            total_wagered = s.total_wagered + excluded.total_wagered,
            total_won = s.total_won + excluded.total_won,
            updated_at = excluded.updated_at
        RETURNING rounds
    )"""

# Common table expressions for the statement that settles a round: `counted` counts it for its player and game of all
# time, `counted_day` for its game day. Parameters: player, game, date, paid, won, lost (each 0 or 1), multiplier, bet,
# win, now.
COUNT_ROUND = ",".join(
    [
        _COUNTED.format(name="counted", table="user_game_stats", key="user_id, game", values="%(player)s, %(game)s"),
        _COUNTED.format(
            name="counted_day",
            table="user_game_stats_daily",
            key="user_id, date, game",
            values="%(player)s, %(date)s, %(game)s",
        ),
    ]
)

# SQL: the figures of some settled rounds.
ADDED_UP = """count(*) AS rounds, count(*) FILTER (WHERE bet > 0) AS total_bets,
           count(*) FILTER (WHERE win > bet) AS total_wins, count(*) FILTER (WHERE win < bet) AS total_losses,
           max(multiplier) AS highest_multiplier, sum(bet)::bigint AS total_wagered, sum(win)::bigint AS total_won"""

_REBUILT = f"""
    SELECT {{key}}, {ADDED_UP}
      FROM (SELECT game, bet, win, multiplier, (settled_at AT TIME ZONE %(zone)s)::date AS date
              FROM games_round WHERE player_id = %(player)s AND status = 'settled') AS played
     GROUP BY {{key}}
"""  # noqa: S608 - constants

# Rows that differ are put right, rows without rounds removed; the answer names each with its figures before and after.
_HEAL = """
    WITH rebuilt AS ({rebuilt}),
    kept AS (SELECT {key}, {figures} FROM {table} WHERE user_id = %(player)s),
    wrong AS (
        SELECT {key}, k.rounds IS NOT NULL AS had, r.rounds IS NOT NULL AS has,
               jsonb_build_object({before}) AS before, jsonb_build_object({after}) AS after
          FROM kept AS k FULL JOIN rebuilt AS r USING ({key})
         WHERE ({k_figures}) IS DISTINCT FROM ({r_figures})
    ),
    removed AS (
        DELETE FROM {table} AS s USING wrong AS w
         WHERE s.user_id = %(player)s AND ({s_key}) = ({w_key}) AND NOT w.has
    ),
    put_right AS (
        INSERT INTO {table} (user_id, {key}, {figures}, updated_at)
        SELECT %(player)s, {key}, {figures}, %(now)s FROM rebuilt JOIN wrong USING ({key})
        ON CONFLICT (user_id, {key}) DO UPDATE SET {assignments}, updated_at = excluded.updated_at
    )
    SELECT {day}, game, CASE WHEN had THEN before END, CASE WHEN has THEN after END FROM wrong ORDER BY {key}
"""


def _heal(table: str, *key: str) -> str:
    def each(template: str) -> str:
        return ", ".join(template.format(name) for name in FIGURES)

    return _HEAL.format(
        table=table,
        key=", ".join(key),
        day="date::text" if "date" in key else "NULL",
        s_key=", ".join(f"s.{name}" for name in key),
        w_key=", ".join(f"w.{name}" for name in key),
        rebuilt=_REBUILT.format(key=", ".join(key)),
        figures=", ".join(FIGURES),
        k_figures=each("k.{0}"),
        r_figures=each("r.{0}"),
        before=each("'{0}', k.{0}"),
        after=each("'{0}', r.{0}"),
        assignments=each("{0} = excluded.{0}"),
    )


_HEAL_TOTALS = _heal("user_game_stats", "game")
_HEAL_DAYS = _heal("user_game_stats_daily", "date", "game")


@dataclass(frozen=True, slots=True)
class Healed:
    """A row that was wrong: the day is None for a game's total; figures are None where there was, or is, no row."""

    date: str | None
    game: str
    before: dict[str, int] | None
    after: dict[str, int] | None


def recalculate(
    *, user_id: int, operator_id: int | None, reason: str = "", now: datetime, dry_run: bool = False
) -> list[Healed]:
    """Rebuild a player's statistics from their rounds; what had to be healed, in the audit as well.

    A healthy player's rows stay untouched. A dry run tells what would be healed. Raises NotFound for no such user.
    """
    if not get_user_model().objects.filter(pk=user_id).exists():
        raise NotFound
    with _duration.time(), transaction.atomic(), audit.acting(operator_id=operator_id, reason=reason):
        with suppress(ledger.WalletMissing):  # an operator who never played
            ledger.lock_wallet(user_id)
        healed = [row for sql in (_HEAL_TOTALS, _HEAL_DAYS) for row in _run(sql, user_id, now)]
        StatsRecalculation.objects.create(user_id=user_id, healed=[asdict(row) for row in healed], created_at=now)
        transaction.set_rollback(dry_run)
    if dry_run:
        return healed
    _healed.inc(len(healed))
    for row in healed:
        _warn_of_a_falling_maximum(user_id, row)
    return healed


def _run(sql: str, user_id: int, now: datetime) -> list[Healed]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"player": user_id, "zone": settings.GAME_TIMEZONE, "now": now})
        return [Healed(day, game, _read(before), _read(after)) for day, game, before, after in cursor.fetchall()]


def _read(figures: str | None) -> dict[str, int] | None:
    return json.loads(figures) if figures else None


def _warn_of_a_falling_maximum(user_id: int, row: Healed) -> None:
    was = row.before["highest_multiplier"] if row.before else 0
    stands = row.after["highest_multiplier"] if row.after else 0
    if stands < was:
        log.warning("highest_multiplier_fell", user_id=user_id, game=row.game, date=row.date, before=was, after=stands)
