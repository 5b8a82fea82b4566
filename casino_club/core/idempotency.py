"""One act per (actor, key): the first answer is committed with its work and given again to every repeat.

A reservation row is inserted first, in the work's own transaction. A repeat that arrives meanwhile waits on its unique
index; when the first commits, the repeat reads the stored answer; when the first is refused, everything is rolled back
and the repeat does the work itself. Refusals therefore store nothing. (Shape: IETF draft “Idempotency-Key header”.)
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.errors import LockNotAvailable
from rest_framework.utils.encoders import JSONEncoder

from casino_club.core import jobs
from casino_club.core.errors import DomainError
from casino_club.core.sql import one

KEPT_FOR = timedelta(hours=24)
KEY = re.compile(r"[\x21-\x7e]{8,255}")
_PURGE = """
    DELETE FROM core_idempotencyrecord WHERE id IN (
        SELECT id FROM core_idempotencyrecord WHERE created_at < %s
        ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED)
"""


class IdempotencyKeyRequired(DomainError):
    code = "idempotency_key_required"
    status = 400
    message = _("This request needs an Idempotency-Key header of 8 to 255 visible ASCII characters.")


class IdempotencyKeyReused(DomainError):
    code = "idempotency_key_reused"
    status = 422
    message = _("This Idempotency-Key was already used for another request.")


class IdempotencyInFlight(DomainError):
    code = "idempotency_in_flight"
    message = _("The same request is still being worked on.")


@dataclass(frozen=True)
class Stored:
    """An answer: its status, its exact bytes, and whether it is a repeat."""

    status: int
    body: bytes
    hit: bool


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody wants done once: who asks, under which key, and the fingerprint of what is asked."""

    actor_id: int
    key: str
    mark: str


def render(data: object) -> str:
    """The one way an answer becomes text, so that a repeat is the same byte for byte."""
    return json.dumps(data, cls=JSONEncoder, ensure_ascii=False, separators=(",", ":"))


def fingerprint(method: str, path: str, body: object) -> str:
    """SHA-256 over method, path and canonical JSON."""
    canonical = json.dumps(body, cls=JSONEncoder, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{method}\n{path}\n{canonical}".encode()).hexdigest()


def check_key(key: str | None) -> None:
    """Raises IdempotencyKeyRequired unless the key is 8 to 255 visible ASCII characters."""
    if not key or not KEY.fullmatch(key):
        raise IdempotencyKeyRequired


def run(
    *,
    actor_id: int,
    key: str | None,
    method: str,
    path: str,
    body: object,
    now: datetime,
    work: Callable[[], tuple[int, object]],
) -> Stored:
    """Do `work` once for (actor, key), in one transaction with its stored answer.

    Raises IdempotencyKeyRequired, IdempotencyKeyReused, IdempotencyInFlight, and whatever refusal `work` raises
    (then nothing at all is kept).
    """
    return run_act(act_of(actor_id=actor_id, key=key, method=method, path=path, body=body), now=now, work=work)


def act_of(*, actor_id: int, key: str | None, method: str, path: str, body: object) -> Act:
    """What is asked, as it is told from everything else. Raises IdempotencyKeyRequired."""
    check_key(key)
    return Act(actor_id, key, fingerprint(method, path, body))


def run_act(act: Act, *, now: datetime, work: Callable[[], tuple[int, object]]) -> Stored:
    """The same as `run`, which it is the second half of."""
    with transaction.atomic():
        record_id = _reserve(act, now)
        if record_id is not None:
            status, data = work()
            text = render(data)
            _keep(record_id, status, text)
            return Stored(status, text.encode(), hit=False)
    return _stored(act)


def answer_to(act: Act, *, now: datetime) -> Stored | None:
    """The answer that a repeat of this would get, or None when there is none yet. Raises IdempotencyKeyReused."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM core_idempotencyrecord WHERE actor_id = %s AND key = %s AND created_at >= %s",
            [act.actor_id, act.key, now - KEPT_FOR],
        )
        known = cursor.fetchone()
    return _stored(act) if known else None


def purge(*, now: datetime, batch: int = 5000) -> int:
    """Delete records past their 24 h, in batches; safe to run twice and at once. Returns how many went."""
    return jobs.until_fewer(_PURGE, now - KEPT_FOR, batch=batch)


def _reserve(act: Act, now: datetime) -> int | None:
    """The new record's id, or None when an answer of the last 24 h exists. Waits for one still being made."""
    try:
        row = one(
            """
            INSERT INTO core_idempotencyrecord (actor_id, key, fingerprint, created_at)
            VALUES (%(actor)s, %(key)s, %(mark)s, %(now)s)
            ON CONFLICT ON CONSTRAINT one_answer_per_actor_and_key
            DO UPDATE SET fingerprint = excluded.fingerprint, created_at = excluded.created_at,
                          status = NULL, body = NULL
            WHERE core_idempotencyrecord.created_at < %(expired)s
            RETURNING id
            """,
            {"actor": act.actor_id, "key": act.key, "mark": act.mark, "now": now, "expired": now - KEPT_FOR},
        )
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise IdempotencyInFlight(retry_after=1) from error
        raise
    return row[0] if row else None


def _keep(record_id: int, status: int, text: str) -> None:
    one(
        "UPDATE core_idempotencyrecord SET status = %s, body = %s WHERE id = %s RETURNING id",
        [status, text, record_id],
    )


def _stored(act: Act) -> Stored:
    row = one(
        "SELECT fingerprint, status, body FROM core_idempotencyrecord WHERE actor_id = %s AND key = %s",
        [act.actor_id, act.key],
    )
    if row is None:  # purged between the two statements: the caller may simply send it again
        raise IdempotencyInFlight(retry_after=1)
    if row[0] != act.mark:
        raise IdempotencyKeyReused
    return Stored(row[1], row[2].encode(), hit=True)
