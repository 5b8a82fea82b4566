"""Telling players things, once, and remembering that they have read them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from accounts.inbox import rules
from accounts.inbox.models import Notification, OperatorMessage
from casino_club.core import audit, jobs, metrics
from casino_club.core.errors import NotFound

BATCH = 1000
_written = metrics.counter("notifications_total", "Notifications sent to inboxes, repeats of a key included.", ["kind"])
_PURGE = """
    DELETE FROM accounts_notification WHERE id IN (
        SELECT id FROM accounts_notification WHERE created_at < %s
        ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED)
"""


@dataclass(frozen=True)
class Notice:
    """What one player is told. With a key the player is told once, however often it is sent."""

    player_id: int
    kind: str
    params: rules.Params = field(default_factory=dict)
    key: str | None = None


def notify(*, player_id: int, kind: str, params: rules.Params, now: datetime, key: str | None = None) -> None:
    """Put a notification into the player's inbox, within the caller's transaction if there is one.

    `kind` and `params` as registered (`inbox.rules.register`), else ValueError: no refusal, a defect.
    """
    notify_all(notices=[Notice(player_id, kind, params, key)], now=now)


def notify_all(*, notices: Iterable[Notice], now: datetime) -> None:
    """Put many notifications into inboxes, a thousand a statement. Raises ValueError like `notify`."""
    rows = []
    for notice in notices:
        rules.check(notice.kind, notice.params)
        rows.append(
            Notification(
                player_id=notice.player_id,
                kind=notice.kind,
                params=dict(notice.params),
                key=notice.key,
                created_at=now,
            )
        )
    Notification.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    for kind, times in Counter(row.kind for row in rows).items():
        metrics.committed(_written.labels(kind), times=times)


def read(*, player_id: int, notification_id: int, now: datetime) -> Notification:
    """Mark one as read; a repeat leaves it as it is. Raises NotFound, for anybody else's too."""
    own = Notification.objects.filter(pk=notification_id, player_id=player_id)
    own.filter(read_at__isnull=True).update(read_at=now)
    notification = own.first()
    if notification is None:
        raise NotFound
    return notification


def read_by_key(*, player_id: int, key: str, now: datetime) -> None:
    """What it told of is done: nothing is left to read in it. A player who was never told is left alone."""
    Notification.objects.filter(player_id=player_id, key=key, read_at__isnull=True).update(read_at=now)


def read_all(*, player_id: int, now: datetime) -> int:
    """Mark all that had come by `now` as read; returns how many were not."""
    unread = Notification.objects.filter(player_id=player_id, read_at__isnull=True, created_at__lte=now)
    return unread.update(read_at=now)


def send_message(
    *, operator_id: int, player_ids: Iterable[int], message: str, reason: str, now: datetime
) -> OperatorMessage:
    """An operator writes to players; who and why is kept in the audit, what was written only in the inboxes."""
    recipients = sorted(set(player_ids))
    with transaction.atomic(), audit.acting(operator_id=operator_id, reason=reason):
        sent = OperatorMessage.objects.create(
            operator_id=operator_id, reason=reason, recipients=len(recipients), created_at=now
        )
        kind, params, key = rules.OPERATOR_MESSAGE.name, {"message": message}, f"operator.message:{sent.pk}"
        notify_all(notices=[Notice(player_id, kind, params, key) for player_id in recipients], now=now)
    return sent


def purge(*, now: datetime, batch: int = 5000) -> int:
    """Delete what is older than `KEPT_FOR`, read or not, in batches; safe to run twice and at once."""
    return jobs.until_fewer(_PURGE, now - rules.KEPT_FOR, batch=batch)
