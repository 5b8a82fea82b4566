"""What waits for an operator: each queue says how much, and how much of it for too long."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from economy.approvals.selectors import waiting as requests_waiting
from economy.shop.models import Purchase
from economy.shop.rules import Review, Status
from economy.webhooks.models import WebhookEvent

STALE_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many things wait, and how many of them for more than a day."""

    count: int
    stale: int


def waiting(*, now: datetime) -> Mapping[str, Waiting]:
    """Every queue by name."""
    return {name: queue(now) for name, queue in QUEUES.items()}


def fraud_reviews(now: datetime) -> Waiting:
    """Card purchases that wait for a look before they may be paid."""
    return _of(Purchase.objects.filter(status=Status.PENDING, review_state=Review.WAITING), "created_at", now)


def approvals(now: datetime) -> Waiting:
    """Requests of one operator that wait for a second."""
    return _of(requests_waiting(now=now), "requested_at", now)


def failed_webhooks(now: datetime) -> Waiting:
    """Events that no attempt could deliver, until somebody sends them again."""
    failed = WebhookEvent.objects.filter(status=WebhookEvent.Status.FAILED, direction=WebhookEvent.Direction.OUT)
    return _of(failed, "settled_at", now)


QUEUES: Mapping[str, Callable[[datetime], Waiting]] = {
    "fraud_reviews": fraud_reviews,
    "approvals": approvals,
    "failed_webhooks": failed_webhooks,
}


def _of(rows: QuerySet, since: str, now: datetime) -> Waiting:
    stale = Count("pk", filter=Q(**{f"{since}__lt": now - STALE_AFTER}))
    return Waiting(**rows.aggregate(count=Count("pk"), stale=stale))
