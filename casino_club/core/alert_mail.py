"""Critical alerts by e-mail to `ALERT_EMAILS`: the table of alerts is the queue, read after the commit that raised them.

Each alert is mailed once. Should a worker die between sending and writing that down, the mail goes again under the same
Message-ID, by which mail programs know it.
"""

from datetime import datetime, timedelta
from email.utils import parseaddr
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from casino_club.core import alert_rules, metrics
from casino_club.core.models import Alert

log = structlog.get_logger(__name__)
BATCH = 20
FIRST_PAUSE = timedelta(seconds=30)
MOST_ATTEMPTS = 6
_mails = metrics.counter("alert_mails_total", "Mails about critical alerts.", ["result"])
_LEASE = """
    UPDATE core_alert SET mail_attempts = mail_attempts + 1, mail_due_at = %s + %s * power(2, mail_attempts)
     WHERE id IN (SELECT id FROM core_alert WHERE mail_due_at <= %s ORDER BY mail_due_at LIMIT %s
                  FOR UPDATE SKIP LOCKED)
    RETURNING *
"""


def send_due(*, now: datetime) -> int:
    """Send the mails that are due; returns how many went. Several workers at once share them, each goes to one."""
    sent = 0
    while leased := list(Alert.objects.raw(_LEASE, [now, FIRST_PAUSE, now, BATCH])):
        for alert in leased:
            sent += _send(alert, now)
    return sent


def _send(alert: Alert, now: datetime) -> bool:
    this = Alert.objects.filter(pk=alert.pk)
    if not settings.ALERT_EMAILS:
        this.update(mail_due_at=None)
        return False
    try:
        _message(alert).send()
    except (SMTPException, OSError) as error:
        _mails.labels("failed").inc()
        log.error("alert_mail_failed", alert=alert.pk, attempt=alert.mail_attempts, error=type(error).__name__)
        if alert.mail_attempts >= MOST_ATTEMPTS:
            this.update(mail_due_at=None)
        return False
    this.update(mail_due_at=None, mailed_at=now)
    _mails.labels("sent").inc()
    return True


def _message(alert: Alert) -> EmailMessage:
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    link = settings.SITE_URL.rstrip("/") + reverse("admin:core_alert_change", args=[alert.pk])
    with translation.override(settings.LANGUAGE_CODE):
        body = _("%(message)s\n\nRule: %(rule)s\nRaised at: %(raised_at)s UTC\nRunbook: %(runbook)s\n%(link)s") % {
            "message": alert.text,
            "rule": alert,
            "raised_at": f"{alert.raised_at:%Y-%m-%d %H:%M:%S}",
            "runbook": alert_rules.runbook(alert.rule),
            "link": link,
        }
        return EmailMessage(
            subject=f"[Casino-Club] {alert.get_severity_display()}: {alert.title}",
            body=body,
            to=settings.ALERT_EMAILS,
            headers={"Message-ID": f"<alert-{alert.pk}-{sender}>"},
        )
