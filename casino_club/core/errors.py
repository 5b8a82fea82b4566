"""Refusals as values: a code for machines, a sentence for people, and nothing else changed."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from casino_club.core import metrics

_told = metrics.counter("refusals_total", "Refusals told to callers of the API and on pages, by code.", ["code"])


class DomainError(Exception):
    """A refusal by the rules. Subclasses, beside the service that raises them, set `code`, `status` and `message`.

    `extra` is merged into the answer; `retry_after` (whole seconds) becomes the `Retry-After` header.
    """

    code = "refused"
    status = 409
    message = _("This can't be done right now.")

    def __init__(self, message: str | None = None, *, extra: Mapping | None = None, retry_after: int | None = None):
        self.message = message if message is not None else type(self).message
        self.extra = dict(extra or {})
        self.retry_after = retry_after
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message)

    def envelope(self) -> dict:
        """The body of the answer: `{"error", "message", …extra}`; the message in the active language."""
        return {"error": self.code, "message": str(self.message), **self.extra}

    def counted(self) -> "DomainError":
        """Itself, on the way to whoever is told it."""
        _told.labels(self.code).inc()
        return self


class InvalidInput(DomainError):
    """The request does not have the shape it must have; `fields` names each fault."""

    code = "validation_error"
    status = 400
    message = _("Some fields need another look.")

    def __init__(self, fields: Mapping[str, Sequence[str]], message: str | None = None):
        self.fields = {name: [str(text) for text in texts] for name, texts in fields.items()}
        super().__init__(message, extra={"fields": self.fields})


class MalformedBody(DomainError):
    code = "malformed_body"
    status = 400
    message = _("The body is not valid JSON.")


class PayloadTooLarge(DomainError):
    code = "payload_too_large"
    status = 413
    message = _("That is more than we can take at once.")


class NotAuthenticated(DomainError):
    code = "not_authenticated"
    status = 401
    message = _("Please sign in first.")


class PermissionDenied(DomainError):
    code = "permission_denied"
    status = 403
    message = _("You are not allowed to do this.")


class NotFound(DomainError):
    code = "not_found"
    status = 404
    message = _("We could not find that.")


class RateLimited(DomainError):
    code = "rate_limited"
    status = 429
    message = _("Too many requests. Please try again in a moment.")


class Busy(DomainError):
    """The database could not give a lock in time; nothing was changed and the same request may be sent again."""

    code = "try_again"
    status = 503
    message = _("We are busy for a moment. Please try again.")
