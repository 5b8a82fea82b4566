"""The audit: database triggers (pghistory) write a row for every change of a tracked row, with who acted and why.

What is tracked is named beside each model with `@audit.track(…)`; never personal data, so that a deleted player's
traces stay deletable.
"""

from contextlib import AbstractContextManager

import pghistory
from django.db.models import Model
from django.http import HttpRequest
from pghistory.middleware import HistoryMiddleware


def track(*fields: str):
    """Class decorator: record inserts, updates and deletes of these fields (ids, flags, amounts; no personal data)."""

    def tracked(model: type[Model]) -> type[Model]:
        return pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(condition=pghistory.AnyChange(*fields)),
            pghistory.DeleteEvent(),
            fields=list(fields),
            model_name=f"{model.__name__}Event",
        )(model)

    return tracked


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
