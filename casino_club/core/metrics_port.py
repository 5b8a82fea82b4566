"""`/metrics` of processes that serve no pages, worker and beat, on a port of its own, guarded like the web's."""

import hmac
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import structlog
from django.conf import settings
from prometheus_client import CONTENT_TYPE_LATEST

from casino_club.core import metrics, middleware

log = structlog.get_logger(__name__)


def may_read(*, address: str, authorization: str) -> bool:
    """Whether metrics are told there: within `METRICS_NETWORKS`, or with the bearer of `METRICS_TOKEN`."""
    token = authorization.removeprefix("Bearer ")
    by_token = settings.METRICS_TOKEN and hmac.compare_digest(token.encode(), settings.METRICS_TOKEN.encode())
    return bool(by_token) or middleware.within(address, tuple(settings.METRICS_NETWORKS))


def serve(port: int) -> ThreadingHTTPServer | None:
    """Answer on the port, in a thread; None where another process of the node does, which tells the same."""
    try:
        server = ThreadingHTTPServer(("0.0.0.0", port), _Door)  # noqa: S104 - guarded by who asks
    except OSError as error:
        log.warning("metrics_port_taken", port=port, error=str(error))
        return None
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


class _Door(BaseHTTPRequestHandler):
    timeout = 10

    def do_GET(self) -> None:
        if self.path != "/metrics":
            self.send_error(HTTPStatus.NOT_FOUND)
        elif not may_read(address=self.client_address[0], authorization=self.headers.get("Authorization", "")):
            self.send_error(HTTPStatus.FORBIDDEN)
        else:
            body = metrics.exposition(of_house=False)
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", CONTENT_TYPE_LATEST)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_ignored) -> None:
        """A scrape is no news."""
