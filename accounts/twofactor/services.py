"""Setting up a second factor, proving it at sign-in, and taking it off somebody who lost it.

A code is good once: the row is locked while it is compared, and the half minute it belongs to is written down. Guesses
are reserved before anything is compared, like passwords (`accounts.lockout`), so many at once are no better than few.
"""

from datetime import datetime

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.lockout import services as lockout
from accounts.sessions.models import AuthSession, RevokedFor, SecondFactorState
from accounts.sessions.services import revoke_all
from accounts.twofactor import rules
from accounts.twofactor.models import RecoveryCode, SecondFactor
from casino_club.core import audit, metrics
from casino_club.core.errors import DomainError, NotFound

log = structlog.get_logger(__name__)
_checked = metrics.counter("second_factor_checks_total", "Codes of a second factor.", ["result"])
_duration = metrics.histogram("second_factor_check_seconds", "How long checking a code took.")


class OtpRequired(DomainError):
    """`enrolled` tells whether there is an authenticator to ask."""

    code = "otp_required"
    status = 401
    message = _("Enter the code of your authenticator as well.")


class OtpInvalid(DomainError):
    code = "otp_invalid"
    status = 401
    message = _("This code is wrong, or was used before.")


class AlreadyEnrolled(DomainError):
    code = "already_enrolled"
    message = _("Two-factor sign-in is on already.")


def is_enrolled(user_id: int) -> bool:
    """Whether the user has an authenticator that counts."""
    return SecondFactor.objects.filter(pk=user_id, confirmed_at__isnull=False).exists()


def begin(*, user_id: int, now: datetime) -> SecondFactor:
    """The secret to put into an authenticator; the same one until it is confirmed. Raises AlreadyEnrolled."""
    fresh = {"secret": rules.new_secret(), "created_at": now}
    factor, _made = SecondFactor.objects.get_or_create(user_id=user_id, defaults=fresh)
    if factor.confirmed_at:
        raise AlreadyEnrolled
    return factor


def confirm(*, session: AuthSession, code: str, address: str, now: datetime) -> list[str]:
    """Make the authenticator count, by a code of it; ends the user's other sessions.

    Returns the recovery codes, which nobody is told again. Raises LoginLocked, OtpInvalid, AlreadyEnrolled.
    """
    user_id = session.user_id
    reservation = _reserve(user_id, address, now)
    with transaction.atomic(), audit.acting(operator_id=user_id, reason="two-factor set up"):
        factor = _locked(user_id)
        if factor is None or factor.confirmed_at:
            raise AlreadyEnrolled
        _spend_step(factor, code, now)
        factor.confirmed_at = now
        factor.save(update_fields=["confirmed_at"])
        codes = _renew_codes(factor)
        revoke_all(user_id=user_id, reason=RevokedFor.PASSWORD_CHANGED, now=now, except_id=session.pk)
        _mark_done(session)
    lockout.clear(reservation)
    return codes


@_duration.time()
def check(*, user_id: int, code: str, address: str, now: datetime) -> None:
    """Take a code of the authenticator, or a recovery code, once. Must be called outside a transaction.

    Raises LoginLocked, OtpInvalid.
    """
    reservation = _reserve(user_id, address, now)
    with transaction.atomic():
        factor = _locked(user_id)
        if factor is None or factor.confirmed_at is None:
            raise OtpInvalid
        if len(rules.clean(code)) == rules.DIGITS:
            _spend_step(factor, code, now)
        else:
            _spend_recovery_code(factor, code, now)
    lockout.clear(reservation)
    _checked.labels("right").inc()


def prove(*, session: AuthSession, code: str, address: str, now: datetime) -> None:
    """The second step of signing in with a browser. Raises what `check` raises."""
    check(user_id=session.user_id, code=code, address=address, now=now)
    _mark_done(session)


def renew_recovery_codes(*, user_id: int, code: str, address: str, now: datetime) -> list[str]:
    """New recovery codes in place of all old ones, by a code of the authenticator. Raises what `check` raises."""
    check(user_id=user_id, code=code, address=address, now=now)
    with transaction.atomic():
        return _renew_codes(_locked(user_id))


def reset(*, user_id: int, operator_id: int | None, reason: str, now: datetime) -> None:
    """Take the second factor off somebody who lost it, and end their sessions; they set up a new one. Raises NotFound."""
    with transaction.atomic(), audit.acting(operator_id=operator_id, reason=reason):
        gone, _rows = SecondFactor.objects.filter(pk=user_id).delete()
        if not gone:
            raise NotFound
        revoke_all(user_id=user_id, reason=RevokedFor.OPERATOR, now=now)
    log.warning("second_factor_reset", user=user_id, operator=operator_id)


def codes_left(user_id: int) -> int:
    """How many recovery codes are still good."""
    return RecoveryCode.objects.filter(factor_id=user_id, used_at__isnull=True).count()


def _reserve(user_id: int, address: str, now: datetime):
    return lockout.reserve(account=f"otp:{user_id}", address=address, now=now)


def _locked(user_id: int) -> SecondFactor | None:
    return SecondFactor.objects.select_for_update().filter(pk=user_id).first()


def _spend_step(factor: SecondFactor, code: str, now: datetime) -> None:
    step = rules.matching_step(factor.secret, rules.clean(code), after=factor.last_step, now=now)
    if step is None:
        _checked.labels("wrong").inc()
        raise OtpInvalid
    factor.last_step = step
    factor.save(update_fields=["last_step"])


def _spend_recovery_code(factor: SecondFactor, code: str, now: datetime) -> None:
    spent = factor.recovery_codes.filter(digest=rules.recovery_digest(factor.pk, code), used_at__isnull=True).update(
        used_at=now
    )
    if not spent:
        _checked.labels("wrong").inc()
        raise OtpInvalid
    log.warning("recovery_code_used", user=factor.pk)


def _renew_codes(factor: SecondFactor) -> list[str]:
    codes = rules.new_recovery_codes()
    factor.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(factor=factor, digest=rules.recovery_digest(factor.pk, code)) for code in codes
    )
    return codes


def _mark_done(session: AuthSession) -> None:
    AuthSession.objects.filter(pk=session.pk).update(second_factor=SecondFactorState.DONE)
    session.second_factor = SecondFactorState.DONE
