"""A player's own data: all of it in one file, or gone."""

import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.sessions.models import RevokedFor
from accounts.sessions.services import revoke_all
from accounts.signin.services import prove
from accounts.users.models import User
from accounts.users.services import anonymise
from casino_club.core import clock, metrics, ratelimit
from casino_club.core.errors import DomainError
from casino_club.core.idempotency import render
from casino_club.web.privacy.tables import EVERYTHING, TABLES
from economy.ledger.services import lock_wallet

log = structlog.get_logger(__name__)
FORMAT = 1
HOUR = 3600
_exports = metrics.counter("account_exports_total", "Exports of a player's data.")
_export_seconds = metrics.histogram("account_export_seconds", "How long an export took to write.")
_deletions = metrics.counter("account_deletions_total", "Accounts deleted by their players.")


class OperatorAccount(DomainError):
    code = "operator_account"
    message = _("An operator's account can't be deleted here. Ask a superuser to take the role away first.")


def export(*, user_id: int, now: datetime) -> BinaryIO:
    """Everything held about the player, as JSON in a temporary file that goes when it is closed.

    Written in one snapshot of the database with a bounded number of rows in memory, and finished before it is sent: a
    slow reader holds no transaction open. Refuses to run inside a transaction. Raises RateLimited.
    """
    ratelimit.hit("export", user_id, settings.RATE_EXPORTS_PER_HOUR, HOUR)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer that sends it closes it
    with _export_seconds.time(), transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for part in _document(user_id, now):
            file.write(part.encode())
    file.seek(0)
    _exports.inc()
    return file


def delete_account(*, user: User, password: str, address: str, now: datetime) -> None:
    """Make the player's account anonymous, for good, and end its sessions; the books stay as they are.

    Raises OperatorAccount, LoginLocked, InvalidInput (for `password`). Of several at once one does it, the others find
    it done.
    """
    if user.is_staff or user.is_superuser:
        raise OperatorAccount
    prove(user=user, password=password, field="password", address=address, now=now)
    with transaction.atomic():
        lock_wallet(user.pk)
        if not anonymise(user_id=user.pk, now=now):
            return
        revoke_all(user_id=user.pk, reason=RevokedFor.ACCOUNT_DELETED, now=now)
        for held in TABLES:
            held.forget(user.pk)
        for holdings in EVERYTHING:
            for forget in holdings.forget:
                forget(user.pk, now)
    _deletions.inc()
    log.info("account_deleted", user=user.pk)


def _document(user_id: int, now: datetime) -> Iterator[str]:
    yield f'{{"format":{FORMAT},"exported_at":"{clock.iso(now)}","tables":{{'
    for number, held in enumerate(TABLES):
        yield f"{',' if number else ''}{render(held.table._meta.db_table)}:["
        for position, row in enumerate(held.exported(user_id)):
            yield f"{',' if position else ''}{render(row)}"
        yield "]"
    yield "}}"
