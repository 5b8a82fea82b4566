"""Using up invite codes: the last use goes to exactly one of many."""

from datetime import datetime

from django.conf import settings
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.invites.models import InviteCode
from casino_club.core import metrics
from casino_club.core.errors import DomainError

DEVELOPMENT_CODE = "5858"
_used = metrics.counter("invite_codes_used_total", "Uses of invite codes.")


class InviteInvalid(DomainError):
    code = "invite_invalid"
    message = _("We don't know this invite code.")


class InviteExpired(DomainError):
    code = "invite_expired"
    message = _("This invite code has expired.")


class InviteExhausted(DomainError):
    code = "invite_exhausted"
    message = _("This invite code has been used up.")


def consume(*, code: str, now: datetime) -> None:
    """Use the code once, inside the caller's transaction and as the last of its locks: the row is hot.

    The unlimited development code opens no door in production, even when a copied database holds it.
    Raises InviteInvalid, InviteExpired, InviteExhausted.
    """
    if settings.PRODUCTION and code == DEVELOPMENT_CODE:
        raise InviteInvalid
    used = (
        InviteCode.objects.filter(code=code, is_active=True)
        .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
        .filter(Q(max_uses__isnull=True) | Q(used_count__lt=F("max_uses")))
        .update(used_count=F("used_count") + 1)
    )
    if not used:
        raise _refusal(code, now)
    metrics.committed(_used)


def _refusal(code: str, now: datetime) -> DomainError:
    invite = InviteCode.objects.filter(code=code, is_active=True).first()
    if invite is None:
        return InviteInvalid()
    if invite.expires_at is not None and invite.expires_at <= now:
        return InviteExpired()
    return InviteExhausted()
