"""Who is signed in, and by which token."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casino_club.core import audit


class SessionKind(models.TextChoices):
    COOKIE = "cookie", _("Browser")
    TOKEN = "token", _("App")


class SecondFactorState(models.TextChoices):
    """Whether the session still owes a second factor. Nothing is owed by those who have none, unless it is required."""

    NONE = "", _("None")
    DUE = "due", _("Due")
    DONE = "done", _("Done")


class RevokedFor(models.TextChoices):
    LOGOUT = "logout", _("Signed out")
    LOGOUT_ALL = "logout_all", _("Signed out everywhere")
    ENDED = "ended", _("Ended from the list")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    TOKEN_REUSED = "token_reused", _("A spent token was used again")
    OPERATOR = "operator", _("Ended by an operator")
    ACCOUNT_DELETED = "account_deleted", _("Account deleted")


@audit.track("user", "kind", "revoked_for", only_named=True)
class AuthSession(models.Model):
    """One sign-in, by a browser's cookie or by a family of refresh tokens. Whatever authenticates a request
    names its session, and a session that is revoked or over refuses the next request.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="auth_sessions", verbose_name=_("user")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=SessionKind)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    user_agent = models.CharField(_("device"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("signed in at"))
    last_seen_at = models.DateTimeField(_("last seen at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    second_factor = models.CharField(
        _("second factor"),
        max_length=4,
        choices=SecondFactorState,
        default=SecondFactorState.NONE,
        db_default=SecondFactorState.NONE,
        blank=True,
    )
    revoked_for = models.CharField(_("ended because"), max_length=16, choices=RevokedFor, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_for="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_for="")),
                name="accounts_session_revoked_with_a_reason",
            )
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="accounts_session_of_user"),
            models.Index(fields=["-created_at", "-id"], name="accounts_session_newest"),
            models.Index(fields=["expires_at"], name="accounts_session_expiry"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_operators(self) -> bool:
        """Whether it is an operator's: operators do not count among the players online."""
        return self.user.is_staff

    @property
    def owes_second_factor(self) -> bool:
        """Whether its operator has to prove a second factor (or set one up) before anything else."""
        if not self.is_operators or self.second_factor == SecondFactorState.DONE:
            return False
        return settings.OPERATOR_2FA_REQUIRED or self.second_factor == SecondFactorState.DUE


class RefreshToken(models.Model):
    """One link of a token family; only the hash of the token is kept. A token is spent once it has a
    successor, and it can have only one.
    """

    session = models.ForeignKey(AuthSession, models.CASCADE, related_name="refresh_tokens")
    token_hash = models.CharField(max_length=64)
    # A purged ancestor must not take its living descendants with it.
    parent = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("refresh token")
        verbose_name_plural = _("refresh tokens")
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="accounts_refresh_token_hash_unique"),
            models.UniqueConstraint(fields=["parent"], name="accounts_refresh_token_one_successor"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} #{self.pk}"
