"""One run at a time from one checkout."""

import fcntl
from contextlib import contextmanager
from pathlib import Path

from casino_club.local.home import LocalError


@contextmanager
def only_run_of(var: Path):
    """Hold this checkout's lock; the system lets go of it whenever this process ends, however it ends.

    Raises LocalError when another run holds it or `var/` is not ours.
    """
    try:
        var.mkdir(exist_ok=True)
        lock = open(var / "run.lock", "a")  # noqa: SIM115 - open for the whole run
    except OSError as error:
        raise LocalError(f"{var} cannot be written by this user ({error.strerror}).") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalError(
                "Casino-Club already runs from this checkout; stop that run first (Ctrl-C there)."
            ) from None
        yield
