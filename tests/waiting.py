"""Waiting for what another process is about to do."""

import time
from collections.abc import Callable

PATIENCE_SECONDS = 120


def wait_until(holds: Callable[[], object], what: str, *, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until `holds()` is true; refusing a connection is not yet. Raises TimeoutError, saying `what` was waited for."""
    deadline = time.monotonic() + seconds
    while True:
        refused = None
        try:
            if holds():
                return
        except OSError as error:
            refused = error
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited in vain until {what}") from refused
        time.sleep(0.02)
