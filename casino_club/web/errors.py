"""When something is refused or breaks: the envelope for machines, a page in the same look for people."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from casino_club.core import errors


class BadRequest(errors.DomainError):
    """What Django itself can't take apart."""

    code = "bad_request"
    status = 400
    message = _("We could not read that request.")


class CsrfFailed(errors.DomainError):
    """A form without the token of its reader, or with an old one."""

    code = "csrf_failed"
    status = 403
    message = _("This page has grown old. Please reload it and try again.")


class ServerError(errors.DomainError):
    """A defect of ours; the request's id leads to it in the log."""

    code = "server_error"
    status = 500
    message = _("Something broke on our side. We have been told; please try again in a moment.")


def bad_request(request: HttpRequest, exception=None) -> HttpResponse:
    """Django's handler400."""
    return answer(request, BadRequest())


def permission_denied(request: HttpRequest, exception=None) -> HttpResponse:
    """Django's handler403."""
    return answer(request, errors.PermissionDenied())


def not_found(request: HttpRequest, exception=None) -> HttpResponse:
    """Django's handler404."""
    return answer(request, errors.NotFound())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW."""
    return answer(request, CsrfFailed())


def server_error(request: HttpRequest) -> HttpResponse:
    """The last resort: asks neither the database nor the session for anything."""
    request_id = getattr(request, "request_id", "")
    refusal = ServerError(extra={"request_id": request_id})
    if wants_json(request):
        return JsonResponse(refusal.envelope(), status=500)
    return HttpResponse(render_to_string("errors/500.html", {"request_id": request_id}), status=500)


def answer(request: HttpRequest, refusal: errors.DomainError) -> HttpResponse:
    """A refusal as this caller reads it: JSON under /api/, else the page `errors/<status>.html`."""
    refusal.counted()
    if wants_json(request):
        response = JsonResponse(refusal.envelope(), status=refusal.status)
    else:
        status = refusal.status if refusal.status in (400, 403, 404, 429) else 400
        context = {"refusal": refusal, "retry_after": refusal.retry_after}
        response = render(request, f"errors/{status}.html", context, status=refusal.status)
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    return response


def wants_json(request: HttpRequest) -> bool:
    """Whether the caller is a machine: everything under /api/ is answered in JSON."""
    return request.path.startswith("/api/")
