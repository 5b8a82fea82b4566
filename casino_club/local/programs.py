"""One program under supervision: started in its own session, its output handed on line by line, stopped for certain."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from casino_club.local.processes import Process

LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0


@dataclass(frozen=True, slots=True)
class Program:
    """What to start, as whom, and which signal ends it politely."""

    name: str
    argv: list[str]
    environment: dict[str, str]
    folder: Path
    stop_signal: signal.Signals = signal.SIGTERM
    popen_options: dict = field(default_factory=dict)
    before_start: Callable[[], None] = lambda: None
    unsaid: tuple[str, ...] = ()
    """Parts of lines that nobody here needs to read."""


class Child:
    """A program that should be running. `say(name, line)` gets its output."""

    def __init__(self, program: Program, say: Callable[[str, str], None]):
        self.program = program
        self.name = program.name
        self._say = say
        self._popen: subprocess.Popen | None = None
        self._pause = 1.0
        self._started = 0.0
        self._due = 0.0

    @property
    def process(self) -> Process | None:
        """The living process, if there is one."""
        return Process.of(self._popen.pid) if self._popen and self._popen.poll() is None else None

    @property
    def is_due(self) -> bool:
        """Whether its end has been dealt with (`plan_restart`) and the pause is over."""
        return self._popen is None and time.monotonic() >= self._due

    def start(self) -> None:
        """Start the program. Raises OSError when it cannot be executed."""
        self.program.before_start()
        self._popen = subprocess.Popen(
            self.program.argv,
            env=self.program.environment,
            cwd=self.program.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **self.program.popen_options,
        )
        self._started = time.monotonic()
        threading.Thread(target=self._hand_on, args=(self._popen.stdout,), daemon=True).start()

    def _hand_on(self, output) -> None:
        with output:
            for line in output:
                text = line.decode(errors="replace").rstrip()
                if not any(part in text for part in self.program.unsaid):
                    self._say(self.name, text)

    def exit_code(self) -> int | None:
        """The exit code once the program has ended (minus the number of a signal that ended it), else None."""
        return self._popen.poll() if self._popen else None

    def wait(self, until: Callable[[], bool]) -> int | None:
        """Wait for the end of the program, or until told to give up (None then)."""
        while (code := self.exit_code()) is None and not until():
            time.sleep(0.02)
        return code

    def plan_restart(self) -> float:
        """Decide when to start again after a crash; returns the pause in seconds, longer each time in a row.

        What the program started itself goes too: it may hold the port or the queue that its successor needs.
        """
        self._kill_session()
        lived = time.monotonic() - self._started
        self._pause = 1.0 if lived > STEADY_AFTER else min(self._pause * 2, LONGEST_PAUSE)
        self._popen = None
        self._due = time.monotonic() + self._pause
        return self._pause

    def ask_to_stop(self) -> None:
        """Send the polite signal to the program itself; its own children are its business."""
        if self._popen and self._popen.poll() is None:
            self._popen.send_signal(self.program.stop_signal)

    def make_stop(self, deadline: float) -> bool:
        """Wait until the deadline (monotonic), then kill what is left of the session; True when that was not needed."""
        if self._popen is None:
            return True
        while self._popen.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        left_by_itself = self._popen.poll() is not None
        self._kill_session()
        self._popen.wait()
        return left_by_itself

    def _kill_session(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._popen.pid, signal.SIGKILL)


def described(code: int) -> str:
    """An exit code in words."""
    return f"ended by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
