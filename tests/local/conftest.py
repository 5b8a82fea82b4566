"""Runs as real processes, each on a `var/` of its own that is gone afterwards."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from casino_club.local import addresses, processes
from casino_club.local.ports import free_port
from tests.waiting import wait_until

CHECKOUT = Path(__file__).resolve().parents[2]
FAKE_RUN = [sys.executable, "-m", "tests.local.fake_run"]


class Run:
    """One supervisor process and what it has said so far."""

    def __init__(self, command: list[str], var: Path, **environment: str):
        unset = {"DATABASE_URL", "REDIS_URL", "AUTO_SEED_BASIC", "CASINO_CLUB_TEST_HOME", "STATICFILES_STORAGE"}
        inherited = {name: value for name, value in os.environ.items() if name not in unset}
        self.var = var
        self.lines: list[str] = []
        self.is_deaf = False
        self.popen = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env={**inherited, "FAKE_WORKER": "steady", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with self.popen.stdout:
            for line in self.popen.stdout:
                self.lines.append(line.rstrip())
                if self.is_deaf:
                    break

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def wait_for(self, text: str, *, seconds: float = 30) -> "Run":
        def has_come() -> bool:
            if text in self.output:
                return True
            assert self.popen.poll() is None or self._reader.is_alive(), f"ended without {text!r}:\n{self.output}"
            return False

        try:
            wait_until(has_come, f"{text!r} is told", seconds=seconds)
        except TimeoutError as error:
            error.add_note(self.output)
            raise
        return self

    def end(self, number: int = signal.SIGINT) -> int:
        """Send a signal; returns the exit code."""
        self.popen.send_signal(number)
        return self.finish()

    def finish(self) -> int:
        """Wait for a run that ends by itself."""
        code = self.popen.wait(timeout=30)
        self._reader.join(timeout=5)
        return code

    def home(self) -> Path:
        return home_of(self.var)


def home_of(var: Path) -> Path:
    return Path((var / "home").read_text().strip()) if (var / "home").exists() else var


@pytest.fixture
def var(tmp_path):
    """A `var/`; whatever runs on it is stopped at the end, and the home that it names is removed."""
    # Short, and where an unprivileged user's programs may look: pytest's own folder is closed to others.
    folder = tmp_path / "var"
    folder.mkdir()
    yield folder
    place = home_of(folder)
    processes.stop_marked(place, seconds=2)
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def start(var):
    """Start runs on this test's `var/`; those that still live at the end are killed."""
    runs: list[Run] = []
    port = str(free_port())

    def start_run(command: list[str] | None = None, **environment: str) -> Run:
        run = Run(command or [*FAKE_RUN, str(var)], var, **{"PORT": port, **environment})
        runs.append(run)
        return run

    yield start_run
    for run in runs:
        if run.popen.poll() is None:
            run.popen.kill()
            run.popen.wait()


@pytest.fixture
def running(start, var):
    """A run that is ready, and where its servers listen."""
    run = start().wait_for("Ready for the test.")
    return run, addresses.load(var)
