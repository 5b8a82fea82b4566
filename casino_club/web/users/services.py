"""Many accounts from a file: looked at first, then made together with their wallets, once for a key."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.imports import services as imports
from accounts.imports.rules import MOST_BYTES, Line, read
from casino_club.core import audit, idempotency, metrics
from casino_club.core.errors import DomainError, PayloadTooLarge
from economy.onboarding.services import open_wallets

PATH = "/api/admin/users/import"
_imported = metrics.counter("users_imported_total", "Accounts made from files.")


class ImportRefused(DomainError):
    """Some lines cannot become accounts, so none did; the report tells which."""

    code = "import_refused"
    status = 400
    message = _("Nothing was imported: some lines need another look.")

    def __init__(self, report: "Report"):
        super().__init__()
        self.report = report


@dataclass(frozen=True)
class Report:
    """What became of each line. Of a repeat only the lines' numbers and users are known: passwords are told once."""

    lines: Sequence[Line]
    is_made: bool
    is_repeat: bool = False

    @property
    def faulty(self) -> list[Line]:
        return [line for line in self.lines if line.faults]


def preview(*, data: bytes) -> Report:
    """What an import of the file would do, without doing it. Raises PayloadTooLarge, InvalidInput."""
    if len(data) > MOST_BYTES:
        raise PayloadTooLarge
    lines = read(data)
    imports.check(lines)
    return Report(lines, is_made=False)


def import_users(*, data: bytes, operator_id: int, key: str | None, reason: str, now: datetime) -> Report:
    """Make an account, with wallet and welcome gift, of every line, or of none; once for (operator, key).

    What is kept for a repeat holds no personal data and no password. Raises what `preview` raises, ImportRefused with
    the report as its `report`, Busy, and what `idempotency.run` raises.
    """
    if len(data) > MOST_BYTES:
        raise PayloadTooLarge
    made: list[Line] = []

    def work() -> tuple[int, object]:
        report = preview(data=data)
        if report.faulty:
            raise ImportRefused(report)
        users = imports.create(report.lines, now=now)
        open_wallets(user_ids=[user.pk for user in users], now=now)
        made.extend(report.lines)
        return 201, [[line.number, line.user_id] for line in report.lines]

    body = {"sha256": hashlib.sha256(data).hexdigest(), "reason": reason}
    with audit.acting(operator_id=operator_id, reason=reason):
        stored = idempotency.run(actor_id=operator_id, key=key, method="POST", path=PATH, body=body, now=now, work=work)
    if stored.hit:
        lines = [Line(number, {}, user_id=user_id) for number, user_id in json.loads(stored.body)]
        return Report(lines, is_made=True, is_repeat=True)
    _imported.inc(len(made))
    return Report(made, is_made=True)
