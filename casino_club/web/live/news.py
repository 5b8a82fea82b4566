"""What operators are told as it happens: alerts as they are raised, purchases as they take a step."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from casino_club.core import clock
from casino_club.core.models import Alert
from economy.shop.models import PurchaseTransition

OVERLAP = timedelta(seconds=15)
"""A row may become visible this long after the moment that it bears: each look reaches back as far."""
REACHES_BACK = timedelta(minutes=10)
"""Who was away for longer reads the page anew."""
LATEST = 50


@dataclass(frozen=True, slots=True)
class Item:
    kind: str
    at: datetime
    data: dict


class Follower:
    """One operator's place in the news; nothing is told twice by one follower."""

    def __init__(self, *, since: datetime, now: datetime):
        self._since = min(max(since, now - REACHES_BACK), now)
        self._told: dict[tuple[str, int], datetime] = {}

    def new_ones(self) -> list[Item]:
        """What happened since the last look, the earliest first."""
        found = [
            item
            for item in chain(*(source(self._since - OVERLAP) for source in SOURCES))
            if (item.kind, item.data["id"]) not in self._told
        ]
        found.sort(key=lambda item: item.at)
        for item in found:
            self._told[item.kind, item.data["id"]] = item.at
            self._since = max(self._since, item.at)
        self._told = {key: at for key, at in self._told.items() if at >= self._since - OVERLAP}
        return found


def alerts_since(moment: datetime) -> Iterator[Item]:
    """The alerts raised since then, as far as they are among the latest."""
    for alert in Alert.objects.order_by("-pk")[:LATEST]:
        if alert.raised_at >= moment:
            data = {
                "id": alert.pk,
                "rule": alert.rule,
                "severity": alert.severity,
                "message": alert.text,
                "raised_at": clock.iso(alert.raised_at),
            }
            yield Item("alert", alert.raised_at, data)


def steps_since(moment: datetime) -> Iterator[Item]:
    """The steps that purchases took since then, as far as they are among the latest."""
    for step in PurchaseTransition.objects.select_related("purchase").order_by("-pk")[:LATEST]:
        if step.at >= moment:
            data = {
                "id": step.pk,
                "purchase_id": step.purchase_id,
                "code": step.purchase.code,
                "status": step.to_status,
                "amount": step.purchase.amount,
                "currency": step.purchase.currency,
                "at": clock.iso(step.at),
            }
            yield Item("transaction", step.at, data)


SOURCES = (alerts_since, steps_since)
