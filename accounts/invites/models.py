"""The codes that let people in."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casino_club.core import audit


@audit.track("code", "is_active", "expires_at", "max_uses")
class InviteCode(models.Model):
    code = models.CharField(
        _("code"),
        max_length=50,
        validators=[
            RegexValidator(r"\A[A-Za-z0-9_-]{4,50}\Z", _("Use 4 to 50 letters, digits, hyphens or underscores."))
        ],
    )
    is_active = models.BooleanField(_("active"), default=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    max_uses = models.PositiveIntegerField(
        _("uses allowed"), null=True, blank=True, help_text=_("Empty: without limit.")
    )
    used_count = models.PositiveIntegerField(_("uses so far"), default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("invite code")
        verbose_name_plural = _("invite codes")
        constraints = [
            models.UniqueConstraint(fields=["code"], name="accounts_invite_code_unique"),
            models.CheckConstraint(
                condition=Q(max_uses__isnull=True) | Q(used_count__lte=F("max_uses")),
                name="accounts_invite_code_within_max_uses",
            ),
        ]

    def __str__(self) -> str:
        return self.code
