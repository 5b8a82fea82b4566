"""Requests of operators, read."""

from datetime import datetime

from django.db.models import QuerySet

from economy.approvals.models import Approval
from economy.approvals.rules import State


def requests_in(state: State | None = None) -> QuerySet[Approval]:
    """The requests, or those in one state, with the people they name."""
    rows = Approval.objects.select_related("player", "requested_by", "decided_by")
    return rows.filter(state=state) if state else rows


def waiting(*, now: datetime) -> QuerySet[Approval]:
    """What still waits for a second operator."""
    return requests_in(State.WAITING).filter(expires_at__gt=now)
