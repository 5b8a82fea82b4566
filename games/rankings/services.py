"""Boards are written down when they are over, and their prizes paid; each once, however often beat asks."""

from datetime import datetime

import structlog
from django.db import connection, transaction

from accounts.inbox.services import Notice, notify_all
from casino_club.core import metrics
from economy.ledger.models import Tally
from economy.rewards.batches import Grant, grant_many
from games.rankings import mirror, periods
from games.rankings.models import Leaderboard
from games.rankings.rules import (
    CLOSES_AFTER,
    PRIZE_NOTICE,
    REWARD_REASON,
    REWARD_TYPE,
    Metric,
    Period,
    Span,
    last_prized_rank,
    prize_for,
    prize_key,
)
from games.rankings.scores import SCORES, parameters

log = structlog.get_logger(__name__)
_closed = metrics.counter("rankings_closed_total", "Boards written down at their end.", ["span"])
_prizes = metrics.counter("ranking_prizes_total", "Prizes of rankings paid.", ["span"])

_OPEN_BOARD = """
    INSERT INTO games_leaderboard (span, metric, period, starts_at, ends_at, players, closed_at)
    VALUES (%s, %s, %s, %s, %s, 0, %s)
    ON CONFLICT ON CONSTRAINT leaderboard_once DO NOTHING RETURNING id
"""
_WRITE_DOWN = f"""
    INSERT INTO games_standing (leaderboard_id, rank, player_id, score)
    SELECT %(board)s, row_number() OVER (ORDER BY score DESC, player_id), player_id, score
      FROM ({SCORES.format(only="")}) AS found
"""  # noqa: S608 - constants


def close_boards(*, now: datetime) -> int:
    """Write down every board that is over and pay its prizes; how many were written. Safe twice and at once."""
    closed = 0
    for span in Span:
        for metric in Metric:
            for period in _overdue(span, metric, now):
                closed += _write_down(period, metric, now)
    for board_id in Leaderboard.objects.filter(prizes_paid_at__isnull=True).values_list("pk", flat=True):
        pay_prizes(board_id=board_id, now=now)
    return closed


def pay_prizes(*, board_id: int, now: datetime) -> int:
    """Pay a closed board's prizes to players whose account is open, in one transaction; how many were new."""
    with transaction.atomic():
        board = Leaderboard.objects.select_for_update(skip_locked=True).filter(pk=board_id).first()
        if board is None or board.prizes_paid_at is not None:
            return 0
        span, metric = Span(board.span), Metric(board.metric)
        grants, notices = [], []
        for row in board.standings.filter(rank__lte=last_prized_rank(span), player__is_active=True):
            if amounts := prize_for(span, row.rank, row.score):
                key = prize_key(span, metric, board.period, row.player_id)
                grants.append(Grant(row.player_id, key, amounts))
                notices.append(Notice(row.player_id, PRIZE_NOTICE.name, {"rank": row.rank}, key))
        paid = grant_many(grants, reward_type=REWARD_TYPE, reason=REWARD_REASON, now=now)
        notify_all(notices=notices, now=now)
        board.prizes_paid_at = now
        board.save(update_fields=["prizes_paid_at"])
    _prizes.labels(span).inc(len(paid))
    return len(paid)


def rebuild_live(*, now: datetime) -> dict[str, int]:
    """Fill every running board in Redis anew from the Tally: how many players stand on each. Raises RedisError."""
    found = {}
    for span in Span:
        period = periods.current(span, now)
        if period is not None:
            for metric in Metric:
                found[f"{span} {metric} {period.key}"] = mirror.rebuild(period, metric, now=now)
    return found


def _overdue(span: Span, metric: Metric, now: datetime) -> list[Period]:
    """Periods that are over and not written down, from the last that was, or from the first hour of the books."""
    last = Leaderboard.objects.filter(span=span, metric=metric).order_by("-ends_at").first()
    since = last.ends_at if last else Tally.objects.order_by("hour").values_list("hour", flat=True).first()
    return list(periods.over_between(span, since, now - CLOSES_AFTER)) if since else []


def _write_down(period: Period, metric: Metric, now: datetime) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_OPEN_BOARD, [period.span, metric, period.key, period.starts_at, period.ends_at, now])
        row = cursor.fetchone()
        if row is None:
            return False
        cursor.execute(_WRITE_DOWN, parameters(period, metric) | {"board": row[0]})
        players = cursor.rowcount
        Leaderboard.objects.filter(pk=row[0]).update(players=players)
    _closed.labels(period.span).inc()
    log.info("ranking_closed", span=period.span, metric=metric, period=period.key, players=players)
    return True
