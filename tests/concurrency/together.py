"""Doing one thing many times at the very same moment, each in its own thread with its own connection."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def together(times: int, act: Callable[[int], object]) -> list[object]:
    """What `act(0)` … `act(times − 1)` gave, or the exception that each raised, all released by one barrier."""
    barrier = threading.Barrier(times)

    def one(number: int) -> object:
        try:
            barrier.wait(30)
            return act(number)
        except Exception as error:  # noqa: BLE001 - the test judges every outcome
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))
