"""The second factor of operators: a shared secret, and codes for the day the phone is lost."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from casino_club.core import audit


@audit.track("confirmed_at")
class SecondFactor(models.Model):
    """An authenticator; it counts once its first code was typed back. `last_step` makes every code good for one use."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="second_factor",
        verbose_name=_("operator"),
    )
    secret = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("begun at"))
    confirmed_at = models.DateTimeField(_("set up at"), null=True)
    last_step = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("two-factor sign-in")
        verbose_name_plural = _("two-factor sign-ins")

    def __str__(self) -> str:
        return f"#{self.pk}"


class RecoveryCode(models.Model):
    """A code for one sign-in without the authenticator; only its digest is kept."""

    factor = models.ForeignKey(SecondFactor, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints = [models.UniqueConstraint(fields=["factor", "digest"], name="accounts_recovery_code_unique")]
