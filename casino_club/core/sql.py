"""Statements that the hot path sends again and again: prepared by the server once a connection."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from types import SimpleNamespace

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor


class _Logged(Cursor):
    """Leaves what it executed where Django's query log looks for it; of prepared statements psycopg does not."""

    def execute(self, query, params=None, **kwargs):
        try:
            return super().execute(query, params, prepare=True)
        finally:
            self._query = SimpleNamespace(query=query.encode())


def one(query: str, parameters: Sequence | Mapping) -> tuple | None:
    """The first row that a statement gives, or None when it gives none; on Django's own connection, with its
    transactions, errors and query log. A statement that writes must say RETURNING.

    Django's cursor writes the values into the text, so that the server parses and plans each statement anew; here the
    values go apart and the statement is prepared.
    """
    connection.ensure_connection()
    # In an operator's act the audit says before each statement who acts, and two statements can't be prepared.
    if connection.execute_wrappers:
        return _asked(connection.cursor(), query, parameters)
    if connection.queries_logged:
        return _asked(connection.make_debug_cursor(_Logged(connection.connection)), query, parameters)
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        return Cursor(connection.connection).execute(query, parameters, prepare=True).fetchone()


def whole() -> AbstractContextManager:
    """For one statement that is a whole act: alone it needs no BEGIN and COMMIT around it; inside a transaction a
    savepoint keeps its refusal from ending that one."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def _asked(cursor: CursorWrapper, query: str, parameters: Sequence | Mapping) -> tuple | None:
    with cursor:
        cursor.execute(query, parameters)
        return cursor.fetchone()
