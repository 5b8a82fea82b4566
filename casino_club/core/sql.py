"""Statements that the hot path sends again and again: prepared by the server once a connection."""

from contextlib import AbstractContextManager, nullcontext
from types import SimpleNamespace

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor


class _Prepared(Cursor):
    def execute(self, query, params=None, **kwargs):
        return super().execute(query, params, prepare=True)


class _Logged(_Prepared):
    """Leaves what it executed where Django's query log looks for it; of prepared statements psycopg does not."""

    def execute(self, query, params=None, **kwargs):
        try:
            return super().execute(query, params)
        finally:
            self._query = SimpleNamespace(query=query.encode())


def prepared() -> CursorWrapper:
    """A cursor on Django's own connection, with its transactions, errors and query log.

    Django's usual cursor writes the values into the text, so that the server parses and plans each statement anew.
    """
    connection.ensure_connection()
    if connection.execute_wrappers:
        # In an operator's act the audit says before each statement who acts, and two statements can't be prepared.
        return connection.cursor()
    if connection.queries_logged:
        return connection.make_debug_cursor(_Logged(connection.connection))
    return connection.make_cursor(_Prepared(connection.connection))


def whole() -> AbstractContextManager:
    """For one statement that is a whole act: alone it needs no BEGIN and COMMIT around it; inside a transaction a
    savepoint keeps its refusal from ending that one."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()
