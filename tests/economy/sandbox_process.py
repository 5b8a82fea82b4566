"""The payment sandbox as a real process, and a shop that is told by it."""

import contextlib
import http.server
import json
import os
import sqlite3
import subprocess
import sys
import threading
from email.message import Message
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from casino_club.local.ports import LOOPBACK, free_port
from tests.waiting import wait_until

CHECKOUT = Path(__file__).resolve().parents[2]
SECRET, KEY = "the shop's secret", "the sandbox's key"
LONGEST_DELAY = 3600


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


class SandboxProcess:
    """One sandbox with its books in a folder; killed and started again it keeps its address."""

    def __init__(self, folder: Path, webhook_url: str):
        self.url = f"http://{LOOPBACK}:{free_port()}"
        self.environment = {
            "PATH": os.defpath,
            "SANDBOX_PAY_URL": self.url,
            "SANDBOX_PAY_SECRET": SECRET,
            "SANDBOX_PAY_KID": "sandbox",
            "SANDBOX_PAY_KEY": KEY,
            "SANDBOX_PAY_WEBHOOK_URL": webhook_url,
            "SANDBOX_PAY_STATE": str(folder / "sandbox.sqlite3"),
        }
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "economy.payments.sandbox"],
            cwd=CHECKOUT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
        )
        wait_until(lambda: self.get("/health"), "the sandbox is up")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def wait_until_acknowledged(self) -> None:
        """Wait until it owes nobody a message."""
        with contextlib.closing(sqlite3.connect(self.environment["SANDBOX_PAY_STATE"], timeout=5)) as books:
            owed = "SELECT count(*) FROM message WHERE owed > 0"
            wait_until(lambda: books.execute(owed).fetchone() == (0,), "every message is acknowledged")

    def deliver_late_ones(self) -> None:
        """Let the time of messages that were held back (`delay`) come now."""
        with contextlib.closing(sqlite3.connect(self.environment["SANDBOX_PAY_STATE"], timeout=5)) as books, books:
            books.execute("UPDATE message SET due_at = due_at - ?", [LONGEST_DELAY])

    def request(self, method: str, path: str, body=None, *, secret=SECRET) -> tuple[int, dict, str]:
        """(status, headers, text) of one request; a dict is sent as JSON, bytes as they are."""
        raw = json.dumps(body).encode() if isinstance(body, dict) else body
        request = Request(f"{self.url}{path}", raw, {"Authorization": f"Bearer {secret}"}, method=method)
        try:
            with build_opener(_Stay).open(request, timeout=10) as answer:
                return answer.status, dict(answer.headers), answer.read().decode()
        except HTTPError as error:
            return error.code, dict(error.headers), error.read().decode()

    def get(self, path: str) -> str:
        return self.request("GET", path)[2]

    def post(self, path: str, body: dict) -> tuple[int, dict]:
        status, _, text = self.request("POST", path, body)
        return status, json.loads(text)

    def decide(self, external_id: str, decision: str, **switches) -> tuple[int, dict]:
        """What a payer's press does: (status, headers) of the redirect."""
        form = urlencode({"decision": decision, **switches}).encode()
        return self.request("POST", f"/checkout/{external_id}", form)[:2]


class Shop:
    """A shop's webhook: keeps what it was sent, and answers as told (200 unless `answers` says otherwise)."""

    def __init__(self):
        self.received: list[tuple[Message, bytes]] = []
        self.answers: list[int] = []
        shop = self

        class Door(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = shop.answers.pop(0) if shop.answers else 200
                shop.received.append((self.headers, body))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer((LOOPBACK, 0), Door)
        self.url = f"http://{LOOPBACK}:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def events(self) -> list[dict]:
        return [json.loads(body) for _, body in self.received]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def wait_for(self, count: int) -> "Shop":
        wait_until(lambda: len(self.received) >= count, f"{count} messages have come")
        return self

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
