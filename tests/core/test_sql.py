"""Prepared statements on Django's own connection, and a connection that is looked at before it is used."""

import time

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from casino_club.core import audit
from casino_club.core.sql import one, whole
from tests import factories
from tests.core.audited import events_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_statement_is_prepared_once_and_asked_with_other_values():
    assert [one("SELECT %(n)s::bigint + 1", {"n": n}) for n in (1, 2, 3)] == [(2,), (3,), (4,)]

    statements = one("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["SELECT $1::bigint + 1%"])
    assert statements == (1,)


def test_in_an_operators_act_the_audit_may_speak_before_the_statement():
    invite = factories.invite()

    with audit.acting(operator_id=7, reason="a test"):
        one("UPDATE accounts_invitecode SET max_uses = %s WHERE id = %s RETURNING id", [5, invite.pk])

    assert events_of(invite)[-1].pgh_context.metadata["operator"] == 7


def test_it_belongs_to_the_transaction_and_the_query_log_of_django():
    with pytest.raises(DatabaseError), transaction.atomic(), CaptureQueriesContext(connection) as captured:
        one("SELECT 1 / %s", [0])

    assert any("SELECT 1 /" in query["sql"] for query in captured)
    assert connection.get_autocommit()


def test_a_transaction_that_failed_refuses_it_as_django_does():
    with transaction.atomic():
        with pytest.raises(DatabaseError):
            one("SELECT 1 / %s", [0])
        connection.needs_rollback = True
        with pytest.raises(transaction.TransactionManagementError):
            one("SELECT 1", [])


def test_what_gives_no_row_gives_none():
    assert one("SELECT 1 WHERE %s = 2", [1]) is None


def test_a_refusal_inside_a_transaction_does_not_end_it():
    with transaction.atomic():
        with pytest.raises(DatabaseError), whole():
            one("SELECT 1 / %s", [0])
        assert one("SELECT 1", []) == (1,)


def test_a_connection_that_stands_is_not_asked_and_one_that_the_server_ended_is_not_used():
    own = one("SELECT pg_backend_pid()", [])[0]
    with CaptureQueriesContext(connection) as captured:
        assert connection.is_usable()
    assert len(captured) == 0

    with psycopg.connect(**connection.get_connection_params() | {"autocommit": True}) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [own])
    time.sleep(0.2)
    assert not connection.is_usable()
    connection.close()
    assert one("SELECT 1", []) == (1,)
