"""`python -m economy.payments.sandbox`: serves until told to stop. Its environment says where, and for whom."""

import os
import signal
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from economy.payments.sandbox.books import Books
from economy.payments.sandbox.courier import Courier, Key
from economy.payments.sandbox.site import Site

LOOPBACK = "127.0.0.1"


class Server(ThreadingMixIn, WSGIServer):
    """A thread for each request; none is waited for at the end."""

    daemon_threads = True
    block_on_close = False


class Quiet(WSGIRequestHandler):
    """No line for each request."""

    timeout = 10

    def log_message(self, *arguments) -> None:
        """Nothing."""


def main() -> None:
    """Serve on SANDBOX_PAY_URL; the other names are the merchant's settings."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    url = os.environ["SANDBOX_PAY_URL"].rstrip("/")
    books = Books(Path(os.environ["SANDBOX_PAY_STATE"]))
    key = Key(os.environ["SANDBOX_PAY_KID"], os.environ["SANDBOX_PAY_KEY"].encode())
    courier = Courier(books, os.environ["SANDBOX_PAY_WEBHOOK_URL"], key)
    site = Site(books, courier, secret=os.environ["SANDBOX_PAY_SECRET"], url=url)
    with make_server(LOOPBACK, urlsplit(url).port, site, server_class=Server, handler_class=Quiet) as server:
        courier.start()
        server.serve_forever()


if __name__ == "__main__":
    main()
