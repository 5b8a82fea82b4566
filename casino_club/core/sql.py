"""Statements that the hot path sends again and again: prepared by the server once a connection."""

from contextlib import AbstractContextManager, nullcontext

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor


class _Prepared(Cursor):
    def execute(self, query, params=None, **kwargs):
        return super().execute(query, params, prepare=True, binary=True)


def prepared() -> CursorWrapper:
    """A cursor on Django's own connection, with its transactions, errors and query log.

    Django's usual cursor writes the values into the text, so that the server parses and plans each statement anew.
    """
    connection.ensure_connection()
    cursor = _Prepared(connection.connection)
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)


def whole() -> AbstractContextManager:
    """For one statement that is a whole act: alone it needs no BEGIN and COMMIT around it; inside a transaction a
    savepoint keeps its refusal from ending that one."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()
