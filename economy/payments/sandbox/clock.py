"""The sandbox's own clock: another company's machine."""

import time


def now() -> float:
    """Seconds since 1970."""
    return time.time()
