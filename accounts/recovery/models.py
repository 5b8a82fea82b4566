"""Mails that are still to be sent; the table is the queue."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ResetMail(models.Model):
    """Somebody asked for a link to a new password for this user; gone once the mail is sent, or given up."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("user")
    )
    language = models.CharField(_("language"), max_length=2)
    requested_at = models.DateTimeField(_("asked at"))
    due_at = models.DateTimeField(_("due at"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    class Meta:
        verbose_name = _("mail for a new password")
        verbose_name_plural = _("mails for new passwords")
        indexes = [models.Index(fields=["due_at"], name="accounts_reset_mail_due")]
