"""The audit: database triggers (pghistory) write a row for every change of a tracked row, with who acted and why.

What is tracked is named beside each model with `@audit.track(…)`; never personal data, so that a deleted player's
traces stay deletable. The rows of the audit are append-only. `web.audit` shows them all.
"""

from contextlib import AbstractContextManager

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Model
from django.http import HttpRequest
from pghistory.middleware import HistoryMiddleware

from casino_club.core.append_only import append_only

REASON_FIELD = "audit_reason"
REASON_MAX = 200
_NAMED = "NULLIF(CURRENT_SETTING('pghistory.context_id', TRUE), '') IS NOT NULL"


class _NamedChange(pgtrigger.AnyChange):
    """Some of the fields changed, and somebody was named who did it."""

    def resolve(self, model: type[Model]) -> str:
        return f"({super().resolve(model)}) AND {_NAMED}"


def track(*fields: str, only_named: bool = False, linking: bool = False):
    """Class decorator: record inserts, updates and deletes of these fields (ids, flags, amounts; no personal data).

    With `only_named`, for tables that the game itself writes all the time, only what somebody named writes (an operator,
    a command) is recorded: updates with the row before and the row after. `linking` is for many-to-many tables.
    """

    def tracked(model: type[Model]) -> type[Model]:
        name = f"{model.__name__}Event"
        return pghistory.track(
            *(_named_trackers(fields) if only_named else _trackers(fields)),
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


def acting(*, operator_id: int | None, reason: str, **more: object) -> AbstractContextManager:
    """While open, every tracked change carries this operator and this reason."""
    return pghistory.context(operator=operator_id, reason=reason, **more)


def name_operator(operator_id: int) -> None:
    """Say who acts, once a token has told; heard only where a context is open (operators' writes)."""
    pghistory.context(operator=operator_id)


class OperatorHistoryMiddleware(HistoryMiddleware):
    """Names the operator on every change made through the admin or the operators' API; players' paths pay nothing."""

    def __call__(self, request: HttpRequest):
        if request.path.startswith(("/admin/", "/api/admin/")) and request.method not in ("GET", "HEAD", "OPTIONS"):
            with acting(operator_id=request.user.pk, reason="", request_id=request.request_id):
                return self.get_response(request)
        return self.get_response(request)
