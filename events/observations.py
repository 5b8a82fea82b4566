"""How often, how fast and how well events and missions are asked for: one counter and one histogram for all doors."""

from collections.abc import Iterator
from contextlib import contextmanager

from rest_framework.response import Response

from casino_club.core import metrics
from casino_club.core.api import ApiView
from casino_club.core.errors import DomainError, NotFound

requests_total = metrics.counter(
    "event_mission_requests_total",
    "Requests about events and missions.",
    ["endpoint", "action", "status", "auth"],
)
seconds = metrics.histogram(
    "event_mission_request_seconds", "Time that requests about events and missions took.", ["endpoint", "action"]
)
SUCCESS, ERROR, NOT_FOUND = "success", "error", "not_found"


class ObservedView(ApiView):
    """A door that counts what became of each request, also of those refused before its method began.

    `endpoint` is events or missions; `action` what is done there, by method where there are several.
    """

    endpoint = "events"
    action: str

    is_known = False

    def perform_authentication(self, request) -> None:
        super().perform_authentication(request)
        self.is_known = request.user.is_authenticated

    def dispatch(self, request, *args, **kwargs) -> Response:
        status = ERROR
        try:
            with seconds.labels(self.endpoint, self.action).time():
                response = super().dispatch(request, *args, **kwargs)
            status = status_of(response.status_code)
        finally:
            requests_total.labels(self.endpoint, self.action, status, "y" if self.is_known else "n").inc()
        return response


def status_of(code: int) -> str:
    """An HTTP status as the counter's label."""
    if code == NotFound.status:
        return NOT_FOUND
    return SUCCESS if code < 400 else ERROR


@contextmanager
def observed(endpoint: str, action: str) -> Iterator[None]:
    """Counts an act of a signed-in player's page by its outcome; refusals go on."""
    status = ERROR
    try:
        with seconds.labels(endpoint, action).time():
            yield
        status = SUCCESS
    except DomainError as refusal:
        status = status_of(refusal.status)
        raise
    finally:
        requests_total.labels(endpoint, action, status, "y").inc()
