"""Processes recognised beyond doubt: by their start as well as their number, and by a mark in their environment.

Standard library only, Linux only (`/proc`): a number alone is reused, so a process is its number *and* its start.
"""

import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

MARK = "CASINO_CLUB_HOME"
"""Environment variable that every process started here carries: the data folder that it works on."""

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """One process of this boot of the machine; another that later gets the same number is not equal to it."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "Process | None":
        """The living process with this number, or None (zombies count as gone)."""
        try:
            stat = (PROC / str(pid) / "stat").read_text()
            boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            return None
        # The command, in brackets, may hold spaces and brackets of its own.
        fields = stat.rpartition(")")[2].split()
        state, ticks = fields[0], fields[19]
        return None if state in "ZX" else cls(pid, f"{boot}:{ticks}")

    def is_alive(self) -> bool:
        return Process.of(self.pid) == self

    def signal(self, number: int) -> None:
        """Send a signal; a process that has just gone is no error."""
        if self.is_alive():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return


def marked(home: Path) -> list[Process]:
    """Every living process that was started for this data folder, whoever its parent is now; not the caller."""
    mark = f"{MARK}={home}".encode()
    found = []
    for entry in PROC.iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if mark in environment and (process := Process.of(int(entry.name))):
            found.append(process)
    return found


def working_in(folder: Path) -> list[Process]:
    """Every living process whose working directory is this folder (PostgreSQL's processes: the data folder)."""
    found = []
    for entry in PROC.iterdir():
        try:
            if entry.name.isdigit() and os.readlink(entry / "cwd") == str(folder.resolve()):
                found.append(Process.of(int(entry.name)))
        except OSError:
            continue
    return [process for process in found if process]


def stop(processes: Iterable[Process], *, number: int, seconds: float) -> list[Process]:
    """Ask processes to stop and wait; returns those that still live when the seconds are over."""
    left = list(processes)
    for process in left:
        process.signal(number)
    deadline = time.monotonic() + seconds
    while (left := [process for process in left if process.is_alive()]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def stop_marked(home: Path, *, seconds: float) -> int:
    """Stop whatever an earlier run left working on this data folder; returns how many there were.

    SIGINT first: it is PostgreSQL's fast shutdown, and every other program here ends on it too.
    """
    orphans = marked(home)
    if left := stop(orphans, number=signal.SIGINT, seconds=seconds):
        stop(left, number=signal.SIGKILL, seconds=seconds)
        # PostgreSQL's own children leave by themselves once their postmaster is gone.
        stop(marked(home), number=signal.SIGKILL, seconds=seconds)
    return len(orphans)
