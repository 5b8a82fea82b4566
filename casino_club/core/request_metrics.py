"""What every request adds to the metrics: few series whatever strangers send. The operators' site counts as one view."""

from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponse

from casino_club.core import metrics

_responses = metrics.counter("http_responses_total", "Answers given, by status.", ["status"])
_seconds = metrics.histogram("http_request_seconds", "How long an answer took, middlewares included.")
_view_responses = metrics.counter(
    "http_view_responses_total", "Answers of a view, by kind of status (2xx, 3xx, 4xx, 5xx).", ["view", "kind"]
)
_feature_seconds = metrics.histogram(
    "http_feature_seconds", "How long the answers of a feature (games.crash, economy.streaks) took.", ["feature"]
)
NONE = "none"


class RequestMetricsMiddleware:
    """The outermost: counts and times whatever is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = perf_counter()
        response = self.get_response(request)
        view, feature = _named(request)
        count(view=view, feature=feature, status=response.status_code, seconds=perf_counter() - started)
        return response


def count(*, view: str, feature: str, status: int, seconds: float) -> None:
    """One answer more."""
    _responses.labels(status).inc()
    _seconds.observe(seconds)
    _view_responses.labels(view, f"{status // 100}xx").inc()
    _feature_seconds.labels(feature).observe(seconds)


def feature_of(view: Callable) -> str:
    """The folder that a view stands in: `games.crash` for `games.crash.api.BetView`."""
    return getattr(view, "view_class", view).__module__.rpartition(".")[0]


def _named(request: HttpRequest) -> tuple[str, str]:
    """The view and the feature that answer the request."""
    match = request.resolver_match
    if match is None:
        return NONE, NONE
    if match.namespace:
        return match.namespace, match.namespace
    return match.view_name, feature_of(match.func)
