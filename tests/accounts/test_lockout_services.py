"""How many sign-ins may fail, for whom, and for how long."""

from datetime import timedelta

import pytest

from accounts.lockout.models import SignInAttempt
from accounts.lockout.services import LoginLocked, clear, purge, reserve
from casino_club.core import clock

pytestmark = pytest.mark.django_db

HOME = "192.0.2.1"


def fail(times: int, *, account="user:1", address=HOME, now=None):
    for _ in range(times):
        reserve(account=account, address=address, now=now or clock.now())


def address(number: int) -> str:
    return f"198.51.100.{number}"


def test_the_sixth_attempt_on_an_account_from_one_address_is_refused():
    fail(5)
    with pytest.raises(LoginLocked) as refusal:
        fail(1)
    assert refusal.value.status == 429
    assert refusal.value.extra == {"retry_after_minutes": 10}
    assert 595 <= refusal.value.retry_after <= 600


def test_another_address_still_gets_in():
    fail(5)
    fail(1, address=address(1))


def test_the_21st_attempt_on_an_account_from_anywhere_is_refused():
    for number in range(20):
        fail(1, address=address(number))
    with pytest.raises(LoginLocked):
        fail(1, address=address(99))


def test_the_51st_attempt_from_an_address_is_refused():
    for number in range(50):
        fail(1, account=f"user:{number}")
    with pytest.raises(LoginLocked):
        fail(1, account="user:99")
    fail(1, account="user:99", address=address(1))


def test_a_success_gives_account_and_address_their_attempts_back():
    fail(4)
    clear(reserve(account="user:1", address=HOME, now=clock.now()))
    fail(5)


def test_fifty_successes_do_not_lock_an_address():
    for number in range(60):
        clear(reserve(account=f"user:{number}", address=HOME, now=clock.now()))


def test_a_success_does_not_pardon_failures_on_other_accounts():
    fail(5, account="user:2")
    clear(reserve(account="user:1", address=HOME, now=clock.now()))
    with pytest.raises(LoginLocked):
        fail(1, account="user:2")


def test_the_lock_opens_when_the_window_ends_however_often_it_is_tried_meanwhile():
    now = clock.now()
    fail(5, now=now)
    for minute in range(1, 10):
        with pytest.raises(LoginLocked) as refusal:
            fail(1, now=now + timedelta(minutes=minute))
        assert refusal.value.extra == {"retry_after_minutes": 10 - minute}
    fail(5, now=now + timedelta(minutes=10))


def test_a_locked_account_and_address_use_up_nothing_else():
    now = clock.now()
    fail(5, now=now)
    for _ in range(60):
        with pytest.raises(LoginLocked):
            fail(1, now=now)
    assert sorted(SignInAttempt.objects.values_list("attempts", flat=True)) == [5, 5, 5]


def test_an_account_locked_from_anywhere_does_not_use_up_its_owners_own_address():
    for number in range(20):
        fail(1, address=address(number))
    for _ in range(10):
        with pytest.raises(LoginLocked):
            fail(1)
    assert not SignInAttempt.objects.filter(attempts__gt=1).exclude(attempts=20).exists()
    assert SignInAttempt.objects.filter(attempts=0).count() == 2


def test_the_last_second_counts_as_a_minute():
    now = clock.now()
    fail(5, now=now)
    with pytest.raises(LoginLocked) as refusal:
        fail(1, now=now + timedelta(minutes=10) - timedelta(milliseconds=1))
    assert (refusal.value.extra["retry_after_minutes"], refusal.value.retry_after) == (1, 1)


def test_windows_that_are_over_are_purged():
    now = clock.now()
    fail(1, now=now)
    fail(1, account="user:2", address=address(2), now=now + timedelta(minutes=5))
    assert purge(now=now + timedelta(minutes=10)) == 3
    assert SignInAttempt.objects.count() == 3
    assert purge(now=now + timedelta(minutes=10)) == 0
