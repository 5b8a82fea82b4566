"""What jobs over large tables have in common: one run at a time, and short statements until nothing is left."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def only_run_of(job: int) -> Iterator[bool]:
    """Whether no other run of the job is under way; `job` is its name among PostgreSQL's advisory locks.

    Never needed to be right, only not to do everything twice: a job must stand a second run beside it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [job])
        (alone,) = cursor.fetchone()
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [job])


def until_fewer(statement: str, *parameters: object, batch: int) -> int:
    """Execute a statement, whose last parameter is its LIMIT `batch`, until it finds fewer rows; how many it was in all."""
    rows = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [*parameters, batch])
            rows += cursor.rowcount
            if cursor.rowcount < batch:
                return rows
