"""Signing in, and what follows a changed password."""

from datetime import datetime

import structlog
from django.conf import settings
from django.contrib.auth.hashers import make_password, verify_password
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.lockout import services as lockout
from accounts.sessions import services as sessions
from accounts.sessions.models import AuthSession, RevokedFor, SecondFactorState, SessionKind
from accounts.twofactor import services as twofactor
from accounts.users.models import User
from accounts.users.rules import login_key
from accounts.users.selectors import user_named
from accounts.users.services import check_password_strength
from casino_club.core import metrics
from casino_club.core.errors import DomainError, InvalidInput

log = structlog.get_logger(__name__)
NO_PASSWORD = "!"  # noqa: S105 - what no password matches
_sign_ins = metrics.counter("sign_ins_total", "Attempts to sign in.", ["result"])


class InvalidCredentials(DomainError):
    code = "invalid_credentials"
    status = 401
    message = gettext_lazy("The ID or the password is not right.")


class PasswordChangeRequired(DomainError):
    code = "password_change_required"
    status = 403
    message = gettext_lazy("Please choose a new password first.")


def sign_in(
    *,
    name: str,
    password: str,
    otp: str | None = None,
    kind: SessionKind,
    address: str,
    user_agent: str,
    now: datetime,
) -> AuthSession:
    """Begin a session for whoever has this sign-in name (or nickname) and password.

    Runs one password verification whether or not the account exists, and none without a reservation. Must be called
    outside a transaction: the reservation has to be visible to everybody before the password is looked at.
    An operator with a second factor proves it too: an app by `otp`, here and now; a browser on the next page.
    Raises LoginLocked, InvalidCredentials, OtpRequired, OtpInvalid.
    """
    user = user_named(name)
    try:
        reservation = lockout.reserve(account=_account(user, name), address=address, now=now)
    except lockout.LoginLocked:
        _sign_ins.labels("locked").inc()
        raise
    encoded = user.password if user and user.is_active else NO_PASSWORD
    correct, outdated = verify_password(password, encoded)
    if not correct:
        _sign_ins.labels("refused").inc()
        raise InvalidCredentials
    second_factor = _second_factor(user, otp=otp, kind=kind, address=address, now=now)
    with transaction.atomic():
        user = _unchanged(user)
        user.last_login = now
        if outdated:
            user.password = make_password(password)
        user.save(update_fields=["last_login", "password"])
        session = sessions.begin(
            user=user, kind=kind, address=address, user_agent=user_agent, second_factor=second_factor, now=now
        )
    lockout.clear(reservation)
    _sign_ins.labels("success").inc()
    return session


def prove(*, user: User, password: str, field: str, address: str, now: datetime) -> None:
    """Make sure that whoever is signed in knows the password; guesses are counted like sign-ins.

    Like `sign_in` it must be called outside a transaction. Raises LoginLocked, InvalidInput (for `field`).
    """
    reservation = lockout.reserve(account=_account(user, ""), address=address, now=now)
    if not verify_password(password, user.password)[0]:
        raise InvalidInput({field: [_("That is not your current password.")]})
    lockout.clear(reservation)


def begin_first_session(*, user: User, kind: SessionKind, address: str, user_agent: str, now: datetime) -> AuthSession:
    """The session of somebody who has just signed up, and so need not type the password again."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(last_login=now)
        user.last_login = now
        return sessions.begin(user=user, kind=kind, address=address, user_agent=user_agent, now=now)


def change_password(
    *, session: AuthSession, current_password: str, new_password: str, address: str, now: datetime
) -> int:
    """Give the session's user a new password and end all their other sessions; returns how many.

    Guesses at the current password are counted like sign-ins. Raises LoginLocked, InvalidInput.
    """
    user = session.user
    prove(user=user, password=current_password, field="current_password", address=address, now=now)
    if new_password == current_password:
        raise InvalidInput({"new_password": [_("Choose a password other than the current one.")]})
    check_password_strength(new_password, user, field="new_password")
    encoded = make_password(new_password)
    with transaction.atomic():
        _store_password(_unchanged(user), encoded, must_change=False)
        return sessions.revoke_all(user_id=user.pk, reason=RevokedFor.PASSWORD_CHANGED, now=now, except_id=session.pk)


def choose_password(*, user: User, new_password: str, address: str, now: datetime) -> None:
    """A new password for somebody who proved by their e-mail who they are; every session ends, no lock stays.

    Raises InvalidInput (for `new_password`), and InvalidCredentials when the password was changed meanwhile.
    """
    check_password_strength(new_password, user, field="new_password")
    encoded = make_password(new_password)
    with transaction.atomic():
        _store_password(_unchanged(user), encoded, must_change=False)
        sessions.revoke_all(user_id=user.pk, reason=RevokedFor.PASSWORD_CHANGED, now=now)
    lockout.forgive(account=_account(user, ""), address=address)


def replace_password(*, user: User, password: str, must_change: bool, now: datetime) -> None:
    """Set a password on somebody's behalf (an operator's form, a seed) and end all their sessions."""
    encoded = make_password(password)
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        _store_password(locked, encoded, must_change=must_change)
        sessions.revoke_all(user_id=user.pk, reason=RevokedFor.PASSWORD_CHANGED, now=now)


def deactivate(*, user_id: int, now: datetime) -> None:
    """Keep the user out: no sign-in, no session, from the next request on."""
    with transaction.atomic():
        User.objects.filter(pk=user_id).update(is_active=False)
        sessions.revoke_all(user_id=user_id, reason=RevokedFor.OPERATOR, now=now)


def reactivate(*, user_id: int) -> None:
    """Let the user sign in again; ended sessions stay ended, a deleted account stays deleted."""
    User.objects.filter(pk=user_id, deleted_at__isnull=True).update(is_active=True)


def _second_factor(user: User, *, otp: str | None, kind: SessionKind, address: str, now: datetime) -> SecondFactorState:
    """What the session will owe. Raises OtpRequired, OtpInvalid, LoginLocked."""
    enrolled = user.is_staff and twofactor.is_enrolled(user.pk)
    if not enrolled and not (user.is_staff and settings.OPERATOR_2FA_REQUIRED):
        return SecondFactorState.NONE
    if kind == SessionKind.COOKIE:
        return SecondFactorState.DUE
    if not enrolled or not otp:
        _sign_ins.labels("second_factor").inc()
        raise twofactor.OtpRequired(extra={"enrolled": enrolled})
    twofactor.check(user_id=user.pk, code=otp, address=address, now=now)
    return SecondFactorState.DONE


def _account(user: User | None, name: str) -> str:
    """What attempts are counted by: the user, by whichever of their names, or a name that nobody has."""
    return f"user:{user.pk}" if user else f"name:{login_key(name)}"


def _unchanged(user: User) -> User:
    """The user's row, locked, if the password just verified is still theirs and they may still come in."""
    locked = (
        User.objects.select_for_update(no_key=True).filter(pk=user.pk, is_active=True, password=user.password).first()
    )
    if locked is None:
        raise InvalidCredentials
    return locked


def _store_password(user: User, encoded: str, *, must_change: bool) -> None:
    user.password = encoded
    user.must_change_password = must_change
    user.save(update_fields=["password", "must_change_password"])
