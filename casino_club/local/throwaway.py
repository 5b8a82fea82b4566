"""Homes that live as long as one test run: servers and data are gone afterwards, also when the run crashed."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from casino_club.local import processes
from casino_club.local.home import ROOT_HOME, Home, prepared

PREFIX = "throwaway-"


@contextmanager
def home() -> Iterator[Home]:
    """A new home; whatever still runs on it at the end is stopped. What crashed runs left is cleared away first."""
    parent = _parent()
    clear_abandoned(parent)
    path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    with open(path / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield prepared(path)
        finally:
            _remove(path)


def clear_abandoned(parent: Path) -> None:
    """Remove homes whose run is gone: nobody holds their lock."""
    for path in parent.glob(f"{PREFIX}*"):
        try:
            with open(path / "lock") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(path)
        except OSError:
            # Held by a living run, made this moment, or somebody else's.
            continue


def _remove(path: Path) -> None:
    processes.stop_marked(path, seconds=3.0)
    shutil.rmtree(path, ignore_errors=True)


def _parent() -> Path:
    """As root beside the other homes, where the servers' user can go; else the ordinary folder for such things."""
    if os.geteuid() != 0:
        return Path(tempfile.gettempdir())
    ROOT_HOME.mkdir(parents=True, exist_ok=True)
    ROOT_HOME.chmod(0o755)
    return ROOT_HOME
