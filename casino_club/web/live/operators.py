"""The operators' figures: how the house is doing and what waits for a hand, computed once in five seconds a time zone."""

from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Count, Q

from casino_club.core import clock, presence
from casino_club.core.idempotency import render
from casino_club.core.models import Alert
from casino_club.core.shared import Shared
from casino_club.web.live import figures, queues
from economy.house import selectors as house
from economy.shop.selectors import revenue

KEY = "admin:stats:cache:v1"


@dataclass(frozen=True, slots=True)
class Stats:
    """SPEC §11, all numbers. Users are accounts, active ones may sign in; games are paid plays of all time; tokens are
    gold; revenue is KRW."""

    total_users: int
    active_users: int
    total_games_played: int
    total_tokens_in_circulation: int
    online_users: int
    total_revenue: int
    today_revenue: int
    pending_actions: int
    stale_pending_actions: int
    critical_alerts: int
    generated_at: str


def current(*, zone: ZoneInfo, now: datetime) -> bytes:
    """The figures as JSON, today being the calendar day of `zone`; the same bytes within five seconds."""
    key = KEY if zone.key == settings.GAME_TIMEZONE else f"{KEY}:{zone.key}"
    shared = Shared("admin_stats", key, figures.FRESH_SECONDS, figures.KEPT_SECONDS)
    return shared.current(lambda _last: render(asdict(compute(zone=zone, now=now))).encode())


def compute(*, zone: ZoneInfo, now: datetime) -> Stats:
    """The figures of this moment."""
    users = get_user_model().objects.aggregate(total=Count("pk"), active=Count("pk", filter=Q(is_active=True)))
    ever = house.moved()
    taken = revenue(now=now, tz=zone)
    waiting = queues.waiting(now=now).values()
    return Stats(
        total_users=users["total"],
        active_users=users["active"],
        total_games_played=figures.plays(ever),
        total_tokens_in_circulation=figures.gold_in_circulation(ever),
        online_users=presence.online_count(now),
        total_revenue=taken.total,
        today_revenue=taken.today,
        pending_actions=sum(queue.count for queue in waiting),
        stale_pending_actions=sum(queue.stale for queue in waiting),
        critical_alerts=Alert.objects.filter(severity=Alert.Severity.CRITICAL, resolved_at__isnull=True).count(),
        generated_at=clock.iso(now),
    )
