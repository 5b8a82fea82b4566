"""What is for sale, what a player bought, and what the house took."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet

from casino_club.core.errors import NotFound
from economy.shop.models import Purchase, PurchaseTransition

_REVENUE = """
    SELECT coalesce(sum(amount), 0)::bigint, coalesce(sum(amount) FILTER (WHERE at >= %(since)s), 0)::bigint
      FROM (SELECT paid_at AS at, amount::bigint FROM economy_purchase
             WHERE currency = 'KRW' AND paid_at IS NOT NULL AND paid_at <= %(now)s
             UNION ALL
            SELECT refunded_at, -refunded_amount::bigint FROM economy_purchase
             WHERE currency = 'KRW' AND refunded_at IS NOT NULL AND refunded_at <= %(now)s) AS taken
"""
_REVENUE_BY_DAY = """
    SELECT (at AT TIME ZONE %(tz)s)::date, sum(amount)::bigint
      FROM (SELECT paid_at AS at, amount::bigint FROM economy_purchase
             WHERE currency = 'KRW' AND paid_at IS NOT NULL AND paid_at >= %(since)s AND paid_at <= %(now)s
             UNION ALL
            SELECT refunded_at, -refunded_amount::bigint FROM economy_purchase
             WHERE currency = 'KRW' AND refunded_at IS NOT NULL AND refunded_at >= %(since)s AND refunded_at <= %(now)s
           ) AS taken
     GROUP BY 1
"""
_REVENUE_BY_HOUR = """
    SELECT date_trunc('hour', at, 'UTC'), sum(amount)::bigint
      FROM (SELECT paid_at AS at, amount::bigint FROM economy_purchase
             WHERE currency = 'KRW' AND paid_at IS NOT NULL AND paid_at >= %(since)s AND paid_at <= %(now)s
             UNION ALL
            SELECT refunded_at, -refunded_amount::bigint FROM economy_purchase
             WHERE currency = 'KRW' AND refunded_at IS NOT NULL AND refunded_at >= %(since)s AND refunded_at <= %(now)s
           ) AS taken
     GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Revenue:
    """Paid card purchases less refunds, in KRW: in all, and of the day so far."""

    total: int
    today: int


def purchases_of(player_id: int) -> QuerySet[Purchase]:
    """A player's purchases, unordered; keyset key (-created_at, -id)."""
    return Purchase.objects.filter(user_id=player_id)


def purchase_of(player_id: int, purchase_id: int) -> Purchase:
    """One purchase of the player's own. Raises NotFound."""
    purchase = purchases_of(player_id).filter(pk=purchase_id).first()
    if purchase is None:
        raise NotFound
    return purchase


def steps_of(purchase: Purchase) -> QuerySet[PurchaseTransition]:
    """The statuses it reached, the first one first, with the operators who acted."""
    return purchase.transitions.select_related("operator").order_by("id")


def revenue(*, now: datetime, tz: ZoneInfo) -> Revenue:
    """What card purchases brought up to `now`; today is the calendar day in `tz`. A refund counts on its own day."""
    with connection.cursor() as cursor:
        cursor.execute(_REVENUE, {"now": now, "since": _midnight(now.astimezone(tz).date(), tz)})
        return Revenue(*cursor.fetchone())


def revenue_by_day(*, days: int, now: datetime, tz: ZoneInfo) -> list[tuple[date, int]]:
    """The same for each of the last `days` calendar days in `tz`, the oldest first, today included."""
    today = now.astimezone(tz).date()
    dates = [today - timedelta(days=ago) for ago in reversed(range(days))]
    with connection.cursor() as cursor:
        cursor.execute(_REVENUE_BY_DAY, {"now": now, "since": _midnight(dates[0], tz), "tz": tz.key})
        taken = dict(cursor.fetchall())
    return [(day, taken.get(day, 0)) for day in dates]


def revenue_by_hour(*, since: datetime, now: datetime) -> dict[datetime, int]:
    """The same for each UTC hour from `since` on in which anything was paid or refunded."""
    with connection.cursor() as cursor:
        cursor.execute(_REVENUE_BY_HOUR, {"now": now, "since": since})
        return dict(cursor.fetchall())


def _midnight(day: date, tz: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=tz)
