"""The audit: database triggers (pghistory) write a row for every change of a tracked row, with who acted and why.

What is tracked is named beside each model with `@audit.track(…)`; never personal data, so that a deleted player's
traces stay deletable. The rows of the audit are append-only. `web.audit` shows them all.
"""

import getpass
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Model
from django.http import HttpRequest
from pghistory.middleware import HistoryMiddleware

from casino_club.core.append_only import append_only, no_truncate

# What tends the schema or the files, and never a tracked row in somebody's name.
UNNAMED_COMMANDS = frozenset(
    {"catalogues", "check", "collectstatic", "flush", "help", "makemigrations", "migrate", "test"}
)
REASON_FIELD = "audit_reason"
REASON_MIN, REASON_MAX = 2, 200
_ACT = "NULLIF(CURRENT_SETTING('pghistory.context_id', TRUE), '')"
_NAMED = f"{_ACT} IS NOT NULL"


class _NamedChange(pgtrigger.AnyChange):
    """Some of the fields changed, and somebody was named who did it."""

    def resolve(self, model: type[Model]) -> str:
        return f"{_NAMED} AND ({super().resolve(model)})"


def track(*fields: str, on: Sequence[pghistory.RowEvent] = (), only_named: bool = False, linking: bool = False):
    """Class decorator: record inserts, updates and deletes of these fields (ids, flags, amounts; no personal data).

    With `only_named`, for tables that the game itself writes all the time, only what somebody named writes (an operator,
    a command) is recorded: updates with the row before and the row after. `on` names other occasions than these;
    `linking` is for many-to-many tables.
    """

    def tracked(model: type[Model]) -> type[Model]:
        name = f"{model.__name__}Event"
        return pghistory.track(
            *(on or (_named_trackers(fields) if only_named else _trackers(fields))),
            fields=list(fields),
            model_name=name,
            **({"obj_field": None} if linking else {}),
            meta={
                "triggers": append_only(f"{model._meta.app_label}_{name.lower()}"),
                "indexes": [models.Index(fields=["pgh_created_at"], name=f"{model.__name__.lower()[:21]}_audit_at")],
            },
        )(model)

    return tracked


def _trackers(fields: tuple[str, ...]) -> list[pghistory.RowEvent]:
    return [
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(condition=pgtrigger.AnyChange(*fields)),
        pghistory.DeleteEvent(),
    ]


def _named_trackers(fields: tuple[str, ...]) -> list[pghistory.RowEvent]:
    changed = _NamedChange(*fields)
    return [
        pghistory.InsertEvent(condition=pgtrigger.Condition(_NAMED)),
        pghistory.UpdateEvent("before", row=pghistory.Old, condition=changed),
        pghistory.UpdateEvent(condition=changed),
        pghistory.DeleteEvent(condition=pgtrigger.Condition(_NAMED)),
    ]


def acts_are_kept(table: str) -> list[pgtrigger.Trigger]:
    """Triggers for the table of acts (who, why): never deleted, and written only while the act itself goes on."""
    another = f"OLD.id::text IS DISTINCT FROM {_ACT}"
    return [
        pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        pgtrigger.Protect(name="own_act_only", operation=pgtrigger.Update, condition=pgtrigger.Condition(another)),
        no_truncate(table),
    ]


def commanding(argv: Sequence[str]) -> AbstractContextManager:
    """While open, every tracked change carries the command that was called and whose shell called it."""
    command = argv[1] if len(argv) > 1 else ""
    if not command or command.startswith("-") or command in UNNAMED_COMMANDS:
        return nullcontext()
    return pghistory.context(operator=None, reason="", command=command, account=getpass.getuser())


def acting(*, operator_id: int | None, reason: str, **more: object) -> AbstractContextManager:
    """While open, every tracked change carries this operator and this reason."""
    return pghistory.context(operator=operator_id, reason=reason, **more)


def given_reason(request: HttpRequest) -> str:
    """Why, as the operator typed it into a form of the admin."""
    return request.POST.get(REASON_FIELD, "").strip()[:REASON_MAX]


def name_operator(operator_id: int) -> None:
    """Say who acts, once a token has told; heard only where a context is open (operators' writes)."""
    pghistory.context(operator=operator_id)


class OperatorHistoryMiddleware(HistoryMiddleware):
    """Names the operator on every change made through the admin or the operators' API; players' paths pay nothing."""

    def __call__(self, request: HttpRequest):
        if request.path.startswith(("/admin/", "/api/admin/")) and request.method not in ("GET", "HEAD", "OPTIONS"):
            # Only the admin's own forms are read here: a body of the API may be a stream.
            reason = given_reason(request) if request.path.startswith("/admin/") else ""
            with acting(operator_id=request.user.pk, reason=reason, request_id=request.request_id):
                return self.get_response(request)
        return self.get_response(request)
