"""A forgotten password: asked for by e-mail, sent after the fact, used once.

Asking answers alike whether or not there is an account, and does the same work: one statement that finds and queues.
The mail is made and sent by a worker, outside any transaction; a mail that cannot be sent is tried again, then told to
the operators.
"""

import hashlib
from datetime import datetime
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.recovery import rules
from accounts.recovery.models import ResetMail
from accounts.signin.services import InvalidCredentials, choose_password
from accounts.users.models import User
from casino_club.core import alerts, metrics, ratelimit
from casino_club.core.errors import DomainError

log = structlog.get_logger(__name__)
HOUR = 3600
BATCH = 20
_mails = metrics.counter("password_reset_mails_total", "Mails with a link to a new password.", ["result"])
_resets = metrics.counter("password_resets_total", "Passwords chosen anew by a link.")


class ResetLinkInvalid(DomainError):
    code = "reset_link_invalid"
    status = 400
    message = gettext_lazy("This link is no longer valid. Please ask for a new one.")


def ask(*, email: str, language: str, address: str, now: datetime) -> None:
    """Queue a mail for every active account with this e-mail; nobody learns whether there is one.

    Counted for the address and for the e-mail alike. Raises RateLimited.
    """
    per_hour = settings.RATE_PASSWORD_RESETS_PER_HOUR
    ratelimit.hit("password_reset", address, per_hour, HOUR)
    ratelimit.hit("password_reset_mail", _digest(email), max(1, per_hour // 3), HOUR)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_resetmail (user_id, language, requested_at, due_at, attempts)
            SELECT id, COALESCE(NULLIF(language, ''), %(language)s), %(now)s, %(now)s, 0 FROM accounts_user
            WHERE UPPER(email) = UPPER(%(email)s) AND email IS NOT NULL AND is_active
            ORDER BY id LIMIT %(most)s
            ON CONFLICT (user_id) DO UPDATE SET
                language = excluded.language, requested_at = excluded.requested_at,
                due_at = excluded.due_at, attempts = 0
            """,
            {"email": email, "language": language, "now": now, "most": rules.LINKS_PER_MAIL_ADDRESS},
        )


def send_due(*, now: datetime) -> int:
    """Send the mails that are due; returns how many went. Several workers at once share them, each mail goes to one."""
    sent = 0
    while leased := _lease(now):
        for mail in leased:
            sent += _send(mail, now)
    return sent


def user_behind(code: str, *, now: datetime) -> User | None:
    """Whose link this is, while it can be used."""
    parts = rules.split(code)
    user = User.objects.filter(pk=parts[0], is_active=True).first() if parts else None
    return user if user and rules.token_is_sound(user, parts[1], now) else None


def reset(*, code: str, new_password: str, address: str, now: datetime) -> None:
    """Set the password of whom the link belongs to and end all their sessions; of many uses at once one succeeds.

    Raises ResetLinkInvalid, InvalidInput (for `new_password`).
    """
    user = user_behind(code, now=now)
    if user is None:
        raise ResetLinkInvalid
    try:
        choose_password(user=user, new_password=new_password, address=address, now=now)
    except InvalidCredentials as error:
        raise ResetLinkInvalid from error
    _resets.inc()


def _lease(now: datetime) -> list[ResetMail]:
    """Take some due mails, each put off for a while that doubles, so that one lost with its worker comes again."""
    return list(
        ResetMail.objects.raw(
            """
            UPDATE accounts_resetmail SET attempts = attempts + 1, due_at = %s + %s * power(2, attempts)
            WHERE user_id IN (SELECT user_id FROM accounts_resetmail WHERE due_at <= %s
                              ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED)
            RETURNING *
            """,
            [now, rules.FIRST_PAUSE, now, BATCH],
        )
    )


def _send(mail: ResetMail, now: datetime) -> bool:
    this = ResetMail.objects.filter(pk=mail.pk, requested_at=mail.requested_at)
    user = User.objects.filter(pk=mail.pk, is_active=True, email__isnull=False).first()
    if user is None:
        this.delete()
        return False
    try:
        _message(user, mail.language, now).send()
    except (SMTPException, OSError) as error:
        _mails.labels("failed").inc()
        log.warning("password_reset_mail_failed", user=user.pk, attempt=mail.attempts, error=type(error).__name__)
        if mail.attempts >= rules.MOST_ATTEMPTS:
            this.delete()
            message = gettext_noop("A mail for a new password was given up.")
            alerts.raise_alert(rule="mail_not_sent", severity="warning", message=message, now=now)
        return False
    this.delete()
    _mails.labels("sent").inc()
    alerts.resolve(rule="mail_not_sent", now=now)
    return True


def _message(user: User, language: str, now: datetime) -> EmailMessage:
    link = settings.SITE_URL.rstrip("/") + reverse("password_reset_confirm", args=[rules.code_for(user, now)])
    context = {"site_id": user.site_id, "link": link, "minutes": settings.PASSWORD_RESET_TIMEOUT // 60}
    with translation.override(language):
        return EmailMessage(
            subject=_("A new password for Casino-Club"),
            body=render_to_string("accounts/mail/password_reset.txt", context),
            to=[user.email],
        )


def _digest(email: str) -> str:
    return hashlib.sha256(email.casefold().encode()).hexdigest()
