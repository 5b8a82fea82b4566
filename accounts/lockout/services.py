"""Sign-ins are reserved before the password is hashed, so that a crowd of guesses is no better than one after another.

A reservation is one PostgreSQL statement, committed on its own. A success gives it back; a failure leaves it until the
window ends, which no further attempt can delay: while a subject is locked nothing is counted or written.
"""

from datetime import datetime

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.lockout import rules
from accounts.lockout.models import SignInAttempt
from accounts.lockout.rules import Subjects
from casino_club.core import jobs
from casino_club.core.errors import DomainError

# Subjects are always taken in this order, and the next one only once the one before has room.
_TAKE = """
    INSERT INTO accounts_signinattempt AS held (subject, attempts, window_ends_at)
    SELECT %({name})s, 1, %(ends)s {room_before}
    ON CONFLICT (subject) DO UPDATE SET
        attempts = CASE WHEN held.window_ends_at <= %(now)s THEN 1 ELSE held.attempts + 1 END,
        window_ends_at = CASE WHEN held.window_ends_at <= %(now)s THEN %(ends)s ELSE held.window_ends_at END
    WHERE held.window_ends_at <= %(now)s OR held.attempts < %({name}_limit)s
    RETURNING subject
"""
_RESERVE = "\n".join(
    [
        "WITH pair AS (" + _TAKE.format(name="pair", room_before="") + "),",
        "address AS (" + _TAKE.format(name="address", room_before="FROM pair") + "),",
        "account AS (" + _TAKE.format(name="account", room_before="FROM address") + ")",
        "SELECT subject FROM pair UNION ALL SELECT subject FROM address UNION ALL SELECT subject FROM account",
    ]
)
_PURGE = """
    DELETE FROM accounts_signinattempt WHERE subject IN (
        SELECT subject FROM accounts_signinattempt WHERE window_ends_at <= %s
        LIMIT %s FOR UPDATE SKIP LOCKED)
"""


class LoginLocked(DomainError):
    code = "login_locked"
    status = 429
    message = _("Too many sign-in attempts. Please try again later.")


def reserve(*, account: str, address: str, now: datetime) -> Subjects:
    """Count one attempt against the account at this address, the address and the account.

    Raises LoginLocked, with `retry_after_minutes`, when one of them has no attempt left; then none is counted.
    """
    subjects = rules.subjects(account=account, address=address)
    limits = rules.limits()
    with connection.cursor() as cursor:
        cursor.execute(
            _RESERVE,
            {
                "pair": subjects.pair,
                "address": subjects.address,
                "account": subjects.account,
                "pair_limit": limits.pair,
                "address_limit": limits.address,
                "account_limit": limits.account,
                "now": now,
                "ends": now + limits.window,
            },
        )
        reserved = [subject for (subject,) in cursor.fetchall()]
    in_order = [subjects.pair, subjects.address, subjects.account]
    if reserved != in_order:
        for subject in reserved:
            _give_back(subject)
        raise _locked(in_order[len(reserved)], now)
    return subjects


def clear(reservation: Subjects) -> None:
    """After a success: the account starts afresh, the address gets this one attempt back."""
    SignInAttempt.objects.filter(subject=reservation.pair).delete()
    _give_back(reservation.address)
    SignInAttempt.objects.filter(subject=reservation.account).delete()


def forgive(*, account: str, address: str) -> None:
    """Let the account start afresh, from this address too, where something better than a password has spoken."""
    subjects = rules.subjects(account=account, address=address)
    SignInAttempt.objects.filter(subject__in=[subjects.pair, subjects.account]).delete()


def purge(*, now: datetime, batch: int = 5000) -> int:
    """Delete windows that are over, in batches; safe to run twice and at once. Returns how many went."""
    return jobs.until_fewer(_PURGE, now, batch=batch)


def _give_back(subject: str) -> None:
    SignInAttempt.objects.filter(subject=subject, attempts__gt=0).update(attempts=F("attempts") - 1)


def _locked(subject: str, now: datetime) -> LoginLocked:
    # The row may be gone by now (cleared by a success or purged): then the shortest wait is true.
    until = SignInAttempt.objects.filter(subject=subject).values_list("window_ends_at", flat=True).first() or now
    # A request that came a moment before the one that opened the window still waits no longer than the window.
    since = max(now, until - rules.limits().window)
    return LoginLocked(
        extra={"retry_after_minutes": rules.minutes_left(until, since)}, retry_after=rules.seconds_left(until, since)
    )
