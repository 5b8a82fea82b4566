"""One act per (actor, key): repeats get the first answer, refusals store nothing."""

from datetime import timedelta

import pytest

from casino_club.core import clock, idempotency
from casino_club.core.errors import DomainError
from casino_club.core.models import IdempotencyRecord
from tests import factories

KEY = "key-00000001"


@pytest.fixture
def actor(db):
    return factories.player()


def act(actor, work, *, key=KEY, body=None, now=None, path="/api/x"):
    return idempotency.run(
        actor_id=actor.pk, key=key, method="POST", path=path, body=body, now=now or clock.now(), work=work
    )


def test_a_repeat_gets_the_same_status_and_bytes_and_does_no_work(actor):
    calls = []
    first = act(actor, lambda: (calls.append(1), (201, {"n": 1, "글": "금"}))[1])
    again = act(actor, lambda: (calls.append(1), (500, {}))[1])

    assert calls == [1]
    assert (again.status, again.body, again.hit) == (first.status, first.body, True)


def test_the_same_key_with_another_body_or_path_is_refused(actor):
    act(actor, lambda: (200, {}), body={"a": 1})

    with pytest.raises(idempotency.IdempotencyKeyReused):
        act(actor, lambda: (200, {}), body={"a": 2})
    with pytest.raises(idempotency.IdempotencyKeyReused):
        act(actor, lambda: (200, {}), body={"a": 1}, path="/api/y")


def test_the_order_of_fields_does_not_make_another_body(actor):
    act(actor, lambda: (200, {}), body={"a": 1, "b": 2})

    assert act(actor, lambda: (200, {}), body={"b": 2, "a": 1}).hit


def test_a_refusal_stores_nothing_so_the_key_may_be_used_again(actor):
    def refuse():
        raise DomainError

    with pytest.raises(DomainError):
        act(actor, refuse)

    assert not IdempotencyRecord.objects.exists()
    assert act(actor, lambda: (200, {})).hit is False


def test_two_actors_may_use_one_key(actor):
    act(actor, lambda: (200, {}))

    assert act(factories.player(), lambda: (200, {})).hit is False


@pytest.mark.parametrize("key", [None, "", "short", "x" * 256, "has space in it", "한글로된열쇠입니다", "tab\there1"])
def test_a_missing_or_malformed_key_is_refused(actor, key):
    with pytest.raises(idempotency.IdempotencyKeyRequired):
        act(actor, lambda: (200, {}), key=key)


def test_a_key_is_free_again_after_a_day_and_its_record_is_purged(actor):
    now = clock.now()
    act(actor, lambda: (200, {"n": 1}), now=now)

    later = act(actor, lambda: (200, {"n": 2}), now=now + timedelta(hours=24, seconds=1))

    assert later.hit is False
    assert idempotency.purge(now=now + timedelta(hours=49), batch=1) == 1
    assert idempotency.purge(now=now + timedelta(hours=49), batch=1) == 0
