"""Rounds are counted into observed odds, batch by batch, and draws that leave the stated odds raise an alert."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from casino_club.core import alerts, metrics
from games.odds.book import DRAWN, versions
from games.odds.models import ObservationWatermark
from games.odds.observed import ObservedTable, observed
from games.odds.rules import FALSE_ALARM_RATE, Version

BATCH = 20_000
SETTLED_FOR = timedelta(minutes=5)
"""Numbers are given before a round is committed: by this age no transaction can still bring an earlier one."""

RULE = "observed_odds"
_counted = metrics.counter("odds_rounds_observed_total", "Rounds counted into observed odds.")

# Up to the last round before the first that is still open or too young; all of them are there and final.
_NEXT = """
    WITH ahead AS (
        SELECT id, status = 'open' OR created_at > %(horizon)s OR settled_at > %(horizon)s AS waits
          FROM games_round WHERE id > %(after)s ORDER BY id LIMIT %(batch)s
    )
    SELECT max(id), count(*) FROM ahead
     WHERE id < coalesce((SELECT min(id) FROM ahead WHERE waits), 9223372036854775807)
"""
_COUNT = """
    INSERT INTO games_observedoutcome AS seen (game, odds_version, "table", outcome, count)
    SELECT r.game, r.odds_version, drawn.name, drawn.outcome, count(*)
      FROM games_round AS r CROSS JOIN LATERAL ({drawn}) AS drawn (name, outcome)
     WHERE r.id > %(after)s AND r.id <= %(last)s AND r.game = %(game)s
     GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT ON CONSTRAINT observed_outcome_once DO UPDATE SET count = seen.count + excluded.count
"""


def observe(*, now: datetime) -> int:
    """Count every settled round not counted yet, then test what is in force; how many rounds. Safe twice and at once.

    Also when there was none: a game that was stopped for its draws stays under suspicion.
    """
    seen = 0
    while counted := _count_batch(now):
        seen += counted
    judge(now=now)
    return seen


def judge(*, now: datetime) -> list[ObservedTable]:
    """Raise an alert for each table in force whose evidence against the stated odds has reached its level; these tables.

    Evidence against a version of the past stands for ever, and its alert ends all the same: it was answered.
    """
    alarming = []
    for version in versions():
        for found in observed(version) if not version.is_past else ():
            if found.is_alarming:
                alarming.append(found)
                _alert(version, found, now)
    return alarming


def _count_batch(now: datetime) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        ObservationWatermark.objects.bulk_create([ObservationWatermark()], ignore_conflicts=True)
        mark = ObservationWatermark.objects.select_for_update(skip_locked=True).first()
        if mark is None:
            return 0  # somebody else is counting
        cursor.execute(_NEXT, {"horizon": now - SETTLED_FOR, "after": mark.round_id, "batch": BATCH})
        last, rounds = cursor.fetchone()
        if last is None:
            return 0
        for game, drawn in DRAWN.items():
            cursor.execute(_COUNT.format(drawn=drawn), {"after": mark.round_id, "last": last, "game": game})
        mark.round_id, mark.counted_at = last, now
        mark.save()
    _counted.inc(rounds)
    return rounds


def _alert(version: Version, found: ObservedTable, now: datetime) -> None:
    alerts.raise_alert(
        rule=RULE,
        severity="critical",
        key=f"{version.version}/{found.table.name}",
        message=gettext_noop(
            "%(game)s: draws of “%(table)s” (%(version)s) do not follow the stated odds. Sample %(sample)s, log evidence "
            "%(evidence)s ≥ %(level)s; false alarms at most %(false_alarms)s a version, for ever."
        ),
        facts={
            "game": str(version.game),
            "table": found.table.name,
            "version": version.version,
            "sample": f"{found.sample:,}",
            "evidence": f"{found.evidence:.1f}",
            "level": f"{found.alarms_at:.1f}",
            "false_alarms": f"{FALSE_ALARM_RATE:.1%}",
        },
        now=now,
    )
