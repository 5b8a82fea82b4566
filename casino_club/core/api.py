"""The shape of every API door: strict JSON in, one envelope out, rates, idempotent posts, keyset pages."""

import base64
import functools
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import ValidationError as FieldError
from django.db import InterfaceError, OperationalError
from django.db.models import DateTimeField, Field, Q, QuerySet, UUIDField
from django.http import Http404, HttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, permissions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, set_rollback

from casino_club.core import audit, clock, errors, idempotency, ratelimit, roles, shapes
from casino_club.core.idempotency import Act, Stored
from casino_club.core.ratelimit import Rate

log = structlog.get_logger(__name__)
MAX_PAGE = 100
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
COUNTED = "casino_club.counted"
"""In a request's environment: what stands before Django (`games.express`) has counted it under its rates already."""
FLAGS = {"true": True, "1": True, "false": False, "0": False}


class StaffOnly(permissions.BasePermission):
    """Any operator."""

    def has_permission(self, request, view):
        return bool(request.user.is_authenticated and request.user.is_staff)


def HasRole(*names: str) -> type[permissions.BasePermission]:  # noqa: N802 - reads as the class it returns
    """Operators with one of the roles (`core.roles`)."""

    class _HasRole(StaffOnly):
        def has_permission(self, request, view):
            return super().has_permission(request, view) and any(roles.has(request.user, name) for name in names)

    return _HasRole


class ApiView(APIView):
    """A door for machines. `request.now` is the moment of the request, read once.

    `rates` lists further limits a signed-in caller has here: (name, settings attribute, seconds).
    """

    rates: Sequence[tuple[str, str, int]] = ()
    max_body_bytes: int | None = None

    def initial(self, request: Request, *args, **kwargs):
        request.now = clock.now()
        super().initial(request, *args, **kwargs)
        if request.user.is_authenticated and request.user.is_staff:
            audit.name_operator(request.user.pk)

    def check_throttles(self, request: Request) -> None:
        if COUNTED in request.META:
            return
        if not request.user.is_authenticated:
            ratelimit.hit("address", request.client_ip, settings.RATE_ANONYMOUS_PER_MINUTE, 60)
            return
        rates = [player_rate()]
        if not getattr(getattr(self, request.method.lower(), None), "needs_idempotency_key", False):
            rates += self.own_rates()
        ratelimit.hit_all(rates, request.user.pk)

    def count_rates(self, request: Request) -> None:
        """Count the request under the view's own rates. Raises RateLimited."""
        if COUNTED not in request.META:
            ratelimit.hit_all(self.own_rates(), request.user.pk)

    @classmethod
    def own_rates(cls) -> list[Rate]:
        """The view's `rates` as they are set."""
        return [Rate(name, getattr(settings, setting), seconds) for name, setting, seconds in cls.rates]


def player_rate() -> Rate:
    """What a signed-in caller may ask of the whole API."""
    return Rate("player", settings.RATE_PLAYER_PER_MINUTE, 60)


def idempotent(
    method: Callable | None = None, *, ahead: Callable[[ApiView, Request], object] | None = None
) -> Callable:
    """A post whose work is done once for (caller, `Idempotency-Key`), in one transaction with its stored answer.

    `ahead(view, request)` is done before that transaction and stays even if the work is refused; not for repeats. What
    it gives is handed to the method.
    """
    if method is None:
        return functools.partial(idempotent, ahead=ahead)

    @functools.wraps(method)
    def once(view: ApiView, request: Request, act: Act, *args, **kwargs) -> Stored:
        prepared: list[object] = []

        def work() -> tuple[int, object]:
            response = method(view, request, *prepared, *args, **kwargs)
            return response.status_code, response.data

        if ahead:
            stored = idempotency.answer_to(act, now=request.now)
            if stored is not None:
                return stored
            prepared.append(ahead(view, request))

        return idempotency.run_act(act, now=request.now, work=work)

    return keyed(once)


def keyed(method: Callable) -> Callable:
    """A post that needs an `Idempotency-Key`: the method is given the Act and gives the Stored answer, also to repeats."""

    @functools.wraps(method)
    def once(view: ApiView, request: Request, *args, **kwargs) -> HttpResponse:
        act = idempotency.act_of(
            actor_id=request.user.pk,
            key=request.headers.get("Idempotency-Key"),
            method=request.method,
            path=request.path,
            body=request.data,
        )
        try:
            view.count_rates(request)
        except errors.RateLimited:
            stored = idempotency.answer_to(act, now=request.now)
            if stored is None:  # a repeat is never too fast: it gets what it got
                raise
        else:
            stored = method(view, request, act, *args, **kwargs)
        answer = HttpResponse(stored.body, status=stored.status, content_type="application/json")
        if stored.hit:
            answer["Idempotency-Hit"] = "true"
        return answer

    once.needs_idempotency_key = True
    return once


def answer_for(error: Exception, context: dict) -> Response:
    """DRF's exception handler: whatever went wrong becomes the one envelope; nothing half-done stays."""
    refusal = _as_refusal(error)
    if refusal is None:
        return None  # a defect: Django logs it and answers with the server_error envelope
    set_rollback()
    headers = {}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    if refusal.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, exceptions.MethodNotAllowed):
        headers["Allow"] = ", ".join(context["view"].allowed_methods)
    return Response(refusal.counted().envelope(), status=refusal.status, headers=headers)


def _as_refusal(error: Exception) -> errors.DomainError | None:
    match error:
        case errors.DomainError():
            return error
        case exceptions.ValidationError():
            return errors.InvalidInput(shapes.flat(error.detail))
        case exceptions.NotAuthenticated():
            return errors.NotAuthenticated()
        case exceptions.AuthenticationFailed():
            return TokenInvalid()
        case exceptions.PermissionDenied() | DjangoPermissionDenied():
            return errors.PermissionDenied()
        case exceptions.NotFound() | Http404():
            return errors.NotFound()
        case exceptions.MethodNotAllowed():
            return MethodNotAllowed()
        case exceptions.UnsupportedMediaType():
            return UnsupportedMediaType()
        case exceptions.NotAcceptable():
            return NotAcceptable()
        case exceptions.ParseError():
            return errors.MalformedBody()
        case OperationalError() | InterfaceError():
            log.error("database_unavailable", error=str(error).splitlines()[0])
            return errors.Busy(retry_after=1)
    return None


class TokenInvalid(errors.DomainError):
    code = "token_invalid"
    status = 401
    message = gettext_lazy("Your session has ended. Please sign in again.")


class MethodNotAllowed(errors.DomainError):
    code = "method_not_allowed"
    status = 405
    message = gettext_lazy("This address does not take that method.")


class UnsupportedMediaType(errors.DomainError):
    code = "unsupported_media_type"
    status = 415
    message = gettext_lazy("Send the body as application/json.")


class NotAcceptable(errors.DomainError):
    code = "not_acceptable"
    status = 406
    message = gettext_lazy("Answers are application/json only.")


def page_of(
    rows: QuerySet,
    request: Request,
    *,
    serialize: Callable[[object], dict],
    key: Sequence[str] = ("-created_at", "-id"),
) -> dict:
    """A keyset page of `rows`: `{"results": […], "next": cursor or null}`.

    `key` orders the rows (all ascending or all descending) and must be unique in its last part. The cursor is opaque;
    a broken one, or a `limit` outside 1–100, raises InvalidInput.
    """
    limit = read_limit(request)
    names = [name.lstrip("-") for name in key]
    ahead = "lt" if key[0].startswith("-") else "gt"
    cursor = request.query_params.get("cursor")
    if cursor:
        rows = rows.filter(_beyond(names, _decode(cursor, names, rows), ahead))
    found = list(rows.order_by(*key)[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    return {
        "results": [serialize(row) for row in found],
        "next": _encode([getattr(found[-1], name) for name in names]) if more else None,
    }


def read_limit(request: Request) -> int:
    """The `limit` of a list request, 1–100, by default 20."""
    text = request.query_params.get("limit", "20")
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_PAGE):
        raise errors.InvalidInput({"limit": [_("Expected a whole number from 1 to %(most)s.") % {"most": MAX_PAGE}]})
    return int(text)


def read_flag(request: Request, name: str) -> bool | None:
    """An optional `true` (or `1`) or `false` (`0`) from the query. Raises InvalidInput."""
    text = request.query_params.get(name)
    if text is None:
        return None
    if text not in FLAGS:
        raise errors.InvalidInput({name: [_("Expected true or false.")]})
    return FLAGS[text]


def read_since(request: Request, name: str = "since") -> datetime | None:
    """An optional ISO 8601 moment with its zone from the query. Raises InvalidInput."""
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        return _moment(text)
    except ValueError as error:
        raise errors.InvalidInput({name: [_("Expected a moment like 2026-01-31T00:00:00Z.")]}) from error


def _moment(text: str) -> datetime:
    """An aware moment, in UTC, of a year that we and PostgreSQL can reckon with. Raises ValueError."""
    moment = parse_datetime(text)
    if moment is None or moment.tzinfo is None or not EARLIEST <= moment < LATEST:
        raise ValueError(text)
    return moment.astimezone(UTC)


def _beyond(names: list[str], values: list, ahead: str) -> Q:
    """(a, b) < (x, y) written so that an index on (a, b) serves it."""
    if len(names) == 1:
        return Q(**{f"{names[0]}__{ahead}": values[0]})
    first, rest = names[0], names[1:]
    return Q(**{f"{first}__{ahead}e": values[0]}) & (
        Q(**{f"{first}__{ahead}": values[0]}) | _beyond(rest, values[1:], ahead)
    )


def _encode(values: list) -> str:
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":"), default=str).encode()).decode().rstrip("=")


def _decode(cursor: str, names: list[str], rows: QuerySet) -> list:
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor[:512] + "=" * (-len(cursor[:512]) % 4)))
        if not isinstance(plain, list):
            raise ValueError(cursor)
        fields = [rows.model._meta.get_field(name) for name in names]
        values = [_as_value(field, part) for field, part in zip(fields, plain, strict=True)]
    except (ValueError, RecursionError, FieldError) as error:
        raise errors.InvalidInput({"cursor": [_("This cursor is not one of ours.")]}) from error
    return values


def _as_value(field: Field, part: object) -> object:
    """A part of a cursor as the field's value, in exactly the type that we write. Raises ValueError."""
    if isinstance(field, DateTimeField) and isinstance(part, str):
        return _moment(part)
    if isinstance(field, UUIDField) and isinstance(part, str):
        return field.to_python(part)
    if type(part) is int and abs(part) <= shapes.BIGINT_MAX and not isinstance(field, DateTimeField | UUIDField):
        return part
    raise ValueError(part)
