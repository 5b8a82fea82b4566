"""The nightly segmentation: everybody measured, the house cut into fifths, and each player's row brought up to date.

Set-based, in batches of players. The measures lie in a table of this connection alone, so that a run that dies leaves
nothing behind; rows that already say the same are not written again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from time import perf_counter

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from casino_club.core import clock, jobs, metrics
from casino_club.core.errors import DomainError
from economy.segments import rules
from economy.segments.models import SegmentDay

BATCH = 20_000
ONE_AT_A_TIME = 0x53454732  # this job's name among PostgreSQL's advisory locks

log = structlog.get_logger(__name__)
_changes = metrics.counter("segment_changes_total", "Players who came into a segment.", ["segment"])
_seconds = metrics.histogram("segmentation_seconds", "Time to segment all players.", buckets=(1, 5, 15, 60, 300, 900))

_PLAYERS = """
    SELECT id FROM accounts_user WHERE id > %(after)s AND is_active AND NOT is_staff ORDER BY id LIMIT %(batch)s
"""
_TABLE = """
    CREATE TEMP TABLE segment_measure (
        player_id bigint PRIMARY KEY, days_known integer NOT NULL, last_play_date date, days_played smallint NOT NULL,
        spent bigint NOT NULL
    )
"""
_MEASURE = """
    INSERT INTO segment_measure
    SELECT u.id, %(today)s - (u.created_at AT TIME ZONE %(zone)s)::date, played.last_date, coalesce(played.days, 0),
           greatest(coalesce(paid.amount, 0), 0)
      FROM accounts_user AS u
      LEFT JOIN (SELECT player_id, max(day) AS last_date, count(*) AS days
                   FROM (SELECT DISTINCT player_id, (hour AT TIME ZONE %(zone)s)::date AS day FROM economy_tally
                          WHERE player_id BETWEEN %(first)s AND %(last)s AND asset IN ('gold', 'gems')
                            AND reason = ANY(%(plays)s) AND hour >= %(active_since)s AND hour < %(until)s) AS days
                  GROUP BY player_id) AS played ON played.player_id = u.id
      LEFT JOIN (SELECT user_id, sum(amount - refunded_amount) AS amount FROM economy_purchase
                  WHERE user_id BETWEEN %(first)s AND %(last)s AND currency = 'KRW'
                    AND paid_at >= %(paid_since)s AND paid_at < %(until)s
                  GROUP BY user_id) AS paid ON paid.user_id = u.id
     WHERE u.id BETWEEN %(first)s AND %(last)s AND u.is_active AND NOT u.is_staff
"""
_CUTS = """
    SELECT percentile_disc(%(fifths)s) WITHIN GROUP (ORDER BY %(today)s - last_play_date)
               FILTER (WHERE last_play_date IS NOT NULL),
           percentile_disc(%(fifths)s) WITHIN GROUP (ORDER BY days_played DESC) FILTER (WHERE days_played > 0),
           percentile_disc(%(fifths)s) WITHIN GROUP (ORDER BY spent) FILTER (WHERE spent > 0)
      FROM segment_measure
"""
# `rules.fifth_from_above` and `fifth_from_below`; 0 is for those of whom there is nothing to measure.
_PLACE = f"""
    WITH scored AS (
        SELECT m.*, coalesce(%(today)s - last_play_date, {rules.NEVER_DAYS}) AS days_away,
               CASE WHEN last_play_date IS NULL THEN 0 ELSE 5 - (SELECT count(*) FROM unnest(%(recency)s::int[]) AS cut
                     WHERE cut < %(today)s - last_play_date) END AS recency,
               CASE WHEN days_played = 0 THEN 0 ELSE 5 - (SELECT count(*) FROM unnest(%(frequency)s::int[]) AS cut
                     WHERE cut > days_played) END AS frequency,
               CASE WHEN spent = 0 THEN 0 ELSE 1 + (SELECT count(*) FROM unnest(%(spend)s::bigint[]) AS cut
                     WHERE cut < spent) END AS spend
          FROM segment_measure AS m WHERE player_id BETWEEN %(first)s AND %(last)s
    ), judged AS (
        SELECT *, {rules.AS_SQL} AS segment FROM scored
    ), known AS (
        SELECT j.*, p.segment AS old_segment FROM judged AS j LEFT JOIN economy_playersegment AS p USING (player_id)
    ), changed AS (
        INSERT INTO economy_segmentchange (player_id, date, from_segment, to_segment)
        SELECT player_id, %(today)s, coalesce(old_segment, ''), segment FROM known
         WHERE old_segment IS DISTINCT FROM segment
        ON CONFLICT ON CONSTRAINT segment_change_once_a_day DO UPDATE SET to_segment = excluded.to_segment
    )
    INSERT INTO economy_playersegment AS p
        (player_id, segment, since, last_play_date, days_played, spent, recency, frequency, spend)
    SELECT player_id, segment, %(today)s, last_play_date, days_played, spent, recency, frequency, spend FROM known
    ON CONFLICT (player_id) DO UPDATE
       SET segment = excluded.segment, last_play_date = excluded.last_play_date, days_played = excluded.days_played,
           spent = excluded.spent, recency = excluded.recency, frequency = excluded.frequency, spend = excluded.spend,
           since = CASE WHEN p.segment = excluded.segment THEN p.since ELSE excluded.since END
     WHERE (p.segment, p.last_play_date, p.days_played, p.spent, p.recency, p.frequency, p.spend)
           IS DISTINCT FROM (excluded.segment, excluded.last_play_date, excluded.days_played, excluded.spent,
                             excluded.recency, excluded.frequency, excluded.spend)
"""  # noqa: S608 - reviewed rules
_DROP_GONE = """
    DELETE FROM economy_playersegment AS p WHERE NOT EXISTS (
        SELECT 1 FROM segment_measure AS m WHERE m.player_id = p.player_id)
"""


class LaterDayDone(DomainError):
    code = "later_day_done"
    message = _("A later day is done: history is not written backwards.")


@dataclass(frozen=True, slots=True)
class Cuts:
    """The values between the fifths: days away and days played from the best down, won paid from the least up."""

    recency: Sequence[int]
    frequency: Sequence[int]
    spend: Sequence[int]

    def as_json(self) -> Mapping[str, list[int]]:
        return {"recency": list(self.recency), "frequency": list(self.frequency), "spend": list(self.spend)}


def segment_players(*, now: datetime, today: date | None = None, again: bool = False) -> SegmentDay | None:
    """Segment everybody by what had happened when the game day `today` began; None while another run does it.

    A day that is done stays as it is unless it is asked for `again`, which changes nothing where nothing changed.
    Raises LaterDayDone.
    """
    day = today or clock.game_date(now)
    if SegmentDay.objects.filter(date__gt=day).exists():
        raise LaterDayDone
    with jobs.only_run_of(ONE_AT_A_TIME) as alone:
        if not alone:
            log.info("segmentation_already_running")
            return None
        done = SegmentDay.objects.filter(pk=day).first()
        if done is not None and not again:
            return done
        began = perf_counter()
        with _seconds.time():
            players, cuts = _run(day)
        report = _reported(day, now, perf_counter() - began, players, cuts)
    if done is None:
        for _from, segment, count in report.moves:
            _changes.labels(segment).inc(count)
    return report


def _run(day: date) -> tuple[int, Cuts]:
    begins_at = clock.game_day_start(day)
    given = {
        "today": day,
        "zone": clock.game_zone().key,
        "plays": list(rules.PLAYS),
        "active_since": begins_at - rules.ACTIVE_WINDOW,
        "paid_since": begins_at - rules.SPEND_WINDOW,
        "until": begins_at,
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS segment_measure")
        cursor.execute(_TABLE)
        try:
            batches = list(_measured(cursor, given))
            cursor.execute("ANALYZE segment_measure")
            cuts = _cuts(cursor, day)
            for first, last in batches:
                cursor.execute(_PLACE, {"today": day, "first": first, "last": last, **cuts.as_json()})
            cursor.execute(_DROP_GONE)
            cursor.execute("SELECT count(*) FROM segment_measure")
            return cursor.fetchone()[0], cuts
        finally:
            cursor.execute("DROP TABLE segment_measure")


def _measured(cursor, given: Mapping[str, object]) -> Iterator[tuple[int, int]]:
    """Measure everybody, batch by batch; the batches' first and last ids."""
    after = 0
    while True:
        cursor.execute(_PLAYERS, {"after": after, "batch": BATCH})
        ids = [player for (player,) in cursor.fetchall()]
        if not ids:
            return
        cursor.execute(_MEASURE, {**given, "first": ids[0], "last": ids[-1]})
        yield ids[0], ids[-1]
        after = ids[-1]


def _cuts(cursor, day: date) -> Cuts:
    cursor.execute(_CUTS, {"fifths": list(rules.FIFTHS), "today": day})
    return Cuts(*(list(found or ()) for found in cursor.fetchone()))


def _reported(day: date, now: datetime, seconds: float, players: int, cuts: Cuts) -> SegmentDay:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT segment, count(*) FROM economy_playersegment GROUP BY segment")
        sizes = dict(cursor.fetchall())
        cursor.execute(
            """
            SELECT from_segment, to_segment, count(*) FROM economy_segmentchange
             WHERE date = %s AND from_segment <> to_segment GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
            """,
            [day],
        )
        moves = [list(move) for move in cursor.fetchall()]
        report, _made = SegmentDay.objects.update_or_create(
            date=day,
            defaults={
                "started_at": now,
                "seconds": round(seconds, 3),
                "players": players,
                "changed": sum(count for _from, _to, count in moves),
                "cuts": cuts.as_json(),
                "sizes": {segment.value: sizes.get(segment.value, 0) for segment in rules.Segment},
                "moves": moves,
            },
        )
    return report
