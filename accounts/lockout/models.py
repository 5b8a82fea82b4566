"""Who keeps guessing."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SignInAttempt(models.Model):
    """Sign-ins reserved against one subject (account and address, account, or address) within a window that
    starts with the first of them. The subject is hashed: people type passwords where the name belongs.
    """

    subject = models.CharField(max_length=64, primary_key=True)
    attempts = models.PositiveSmallIntegerField()
    window_ends_at = models.DateTimeField()

    class Meta:
        verbose_name = _("sign-in attempts")
        verbose_name_plural = _("sign-in attempts")
        indexes = [models.Index(fields=["window_ends_at"], name="accounts_attempt_window_end")]

    def __str__(self) -> str:
        return self.subject
