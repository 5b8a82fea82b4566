"""Asking a second operator, and what becomes of it: approved and done, denied, or expired; once, whoever comes at once.

What is approved is done first, in the same transaction, and the request is taken last by one conditional UPDATE: whoever
finds it taken rolls everything back. So nobody who holds a request waits for a wallet.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casino_club.core import audit, metrics
from casino_club.core.errors import DomainError, InvalidInput, NotFound
from economy.approvals.models import Approval
from economy.approvals.rules import KINDS, REASON_MAX, Asked, Payload, State

_asked = metrics.counter("approvals_asked_total", "Acts that an operator asked a second one for.", ["kind"])
_decided = metrics.counter("approvals_decided_total", "Requests that were decided, or expired.", ["state"])
_duration = metrics.histogram("approval_execution_seconds", "How long an approved act took.", ["kind"])


class OwnRequest(DomainError):
    code = "own_request"
    status = 403
    message = gettext_lazy("Somebody else has to approve what you asked for.")


class AlreadyDecided(DomainError):
    code = "already_decided"
    message = gettext_lazy("This was already decided.")


class ApprovalExpired(DomainError):
    code = "approval_expired"
    message = gettext_lazy("This request waited too long. Ask again.")


def ask(*, kind: str, player_id: int, payload: Payload, reason: str, operator_id: int, now: datetime) -> Approval:
    """Let an act wait for a second operator. Raises ValueError for an unknown kind, InvalidInput without a reason."""
    if kind not in KINDS:
        raise ValueError(f"Not a kind of approval: {kind}")
    with transaction.atomic(), audit.acting(operator_id=operator_id, reason=reason):
        approval = Approval.objects.create(
            kind=kind,
            player_id=player_id,
            payload=dict(payload),
            reason=checked_reason(reason),
            requested_by_id=operator_id,
            requested_at=now,
            expires_at=now + timedelta(hours=settings.APPROVAL_HOURS),
        )
    metrics.committed(_asked.labels(kind))
    return approval


def approve(*, approval_id: int, operator_id: int, reason: str = "", now: datetime) -> Approval:
    """Do what was asked for, in the name of both operators. A repeat by the same operator does nothing more.

    Raises NotFound, OwnRequest, AlreadyDecided, ApprovalExpired, and whatever the act itself refuses with.
    """
    approval = _open(approval_id, State.APPROVED, operator_id, now)
    if approval.state == State.APPROVED:
        return approval
    if approval.requested_by_id == operator_id:
        raise OwnRequest
    try:
        _execute(approval, operator_id, reason, now)
    except AlreadyDecided:
        return _open(approval_id, State.APPROVED, operator_id, now)  # by this operator's other click, or it raises
    return _told(approval)


def deny(*, approval_id: int, operator_id: int, reason: str, now: datetime) -> Approval:
    """Refuse what was asked for; whoever asked may take it back so. A repeat by the same operator does nothing more.

    Raises NotFound, InvalidInput, AlreadyDecided, ApprovalExpired.
    """
    reason = checked_reason(reason)
    approval = _open(approval_id, State.DENIED, operator_id, now)
    if approval.state == State.DENIED:
        return approval
    with transaction.atomic(), audit.acting(operator_id=operator_id, reason=reason):
        _take(approval, State.DENIED, operator_id, reason, now)
    return _told(approval)


def expire(*, now: datetime) -> int:
    """Close what waited too long; returns how many. Safe to run twice and at once."""
    gone = Approval.objects.filter(state=State.WAITING, expires_at__lte=now).update(state=State.EXPIRED, decided_at=now)
    if gone:
        _decided.labels(State.EXPIRED).inc(gone)
    return gone


def checked_reason(reason: str) -> str:
    """The reason without spaces around it. Raises InvalidInput when there is none, or it is too long."""
    reason = reason.strip()
    if not 2 <= len(reason) <= REASON_MAX:
        raise InvalidInput({"reason": [_("Say why, in 2 to %(most)s characters.") % {"most": REASON_MAX}]})
    return reason


def _open(approval_id: int, wanted: State, operator_id: int, now: datetime) -> Approval:
    """The request while it waits, or when this operator decided it just so before."""
    approval = Approval.objects.filter(pk=approval_id).first()
    if approval is None:
        raise NotFound
    waits = approval.state == State.WAITING
    if approval.state == State.EXPIRED or (waits and approval.expires_at <= now):
        raise ApprovalExpired
    if not waits and (approval.state, approval.decided_by_id) != (wanted, operator_id):
        raise AlreadyDecided
    return approval


def _execute(approval: Approval, operator_id: int, reason: str, now: datetime) -> None:
    why = {"reason": reason or approval.reason, "approval": approval.pk}
    with _duration.labels(approval.kind).time(), transaction.atomic(), audit.acting(operator_id=operator_id, **why):
        KINDS[approval.kind].execute(
            Asked(
                approval_id=approval.pk,
                player_id=approval.player_id,
                payload=approval.payload,
                reason=approval.reason,
                requested_by=approval.requested_by_id,
                approved_by=operator_id,
                now=now,
            )
        )
        _take(approval, State.APPROVED, operator_id, reason, now)


def _take(approval: Approval, state: State, operator_id: int, reason: str, now: datetime) -> None:
    taken = Approval.objects.filter(pk=approval.pk, state=State.WAITING).update(
        state=state, decided_by=operator_id, decided_at=now, decision_reason=reason.strip()
    )
    if not taken:
        raise AlreadyDecided


def _told(approval: Approval) -> Approval:
    approval.refresh_from_db()
    metrics.committed(_decided.labels(approval.state))
    return approval
