"""Web processes and a worker of the product on the test's own PostgreSQL and Redis, counting into one folder."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from casino_club.local.ports import LOOPBACK, free_port
from tests.databases import database_url
from tests.waiting import wait_until

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass
class Processes:
    """`start_web(4)` and `start_worker()`; what they say goes to `<folder>/web.log` and `<folder>/worker.log`."""

    folder: Path
    port: int = field(default_factory=free_port)
    running: list[subprocess.Popen] = field(default_factory=list)

    def start_web(self, workers: int) -> None:
        granian = ("granian", "casino_club.asgi:application", "--interface=asginl", "--no-ws", f"--workers={workers}")
        self._start("web", *granian, f"--host={LOOPBACK}", f"--port={self.port}", "--log-level=warning")
        self.wait_until(lambda: self.ask("/health")[0] == 200, "the web processes answer")

    def start_worker(self, *, app: str = "casino_club", metrics_port: int = 0) -> None:
        arguments = ("worker", "--pool=threads", "--concurrency=2", "--without-gossip", "--without-mingle")
        self._start("worker", "celery", "--quiet", f"--app={app}", *arguments, METRICS_PORT=str(metrics_port))

    def stop(self) -> None:
        for process in self.running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def ask(self, path: str, *, method: str = "GET", body: object = None, headers: dict | None = None):
        """The status and the bytes of an answer; (0, b"") where nobody answers."""
        request = urllib.request.Request(
            f"http://{LOOPBACK}:{self.port}{path}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", **(headers or {})},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read()
        except OSError:
            return 0, b""

    def samples(self) -> list[Sample]:
        """Every series that `/metrics` tells of all processes together."""
        families = text_string_to_metric_families(self.ask("/metrics")[1].decode())
        return [sample for family in families for sample in family.samples]

    def counted(self, counter: str, /, **labels: str) -> int:
        """The sum of a counter's series with these labels."""
        return int(
            sum(one.value for one in self.samples() if one.name == counter and labels.items() <= one.labels.items())
        )

    def told(self, program: str) -> list[dict]:
        """The lines of a program's log."""
        lines = (self.folder / f"{program}.log").read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        def happened() -> bool:
            assert [process.poll() for process in self.running] == [None] * len(self.running), "a process ended"
            return holds()

        wait_until(happened, what)

    def _start(self, name: str, *arguments: str, **more: str) -> None:
        environment = os.environ | {
            "APP_ENV": "development",
            "DATABASE_URL": database_url(),
            "LOG_JSON": "1",
            "PROMETHEUS_MULTIPROC_DIR": str(self.folder),
            "RATE_ANONYMOUS_PER_MINUTE": "1000000",
            "RATE_PLAYER_PER_MINUTE": "1000000",
            "PYTHONWARNINGS": "ignore",
            **more,
        }
        with (self.folder / f"{name}.log").open("w") as log:
            self.running.append(
                subprocess.Popen(
                    [sys.executable, "-m", *arguments],
                    cwd=CHECKOUT,
                    env=environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )
