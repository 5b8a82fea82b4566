"""Who can sign in: the user and the names that lead to them."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from accounts.users import rules
from casino_club.core import audit


class Language(models.TextChoices):
    BROWSER = "", _("As the browser asks")
    KOREAN = "ko", "한국어"
    ENGLISH = "en", "English"


@audit.track("is_active", "is_staff", "is_superuser", "must_change_password")
class User(AbstractBaseUser, PermissionsMixin):
    """A player, or an operator when `is_staff`. Created and renamed only by `users.services`."""

    site_id = models.CharField(_("sign-in name"), max_length=rules.SITE_ID_MAX)
    nickname = models.CharField(_("nickname"), max_length=rules.NICKNAME_MAX)
    phone_number = models.CharField(_("phone number"), max_length=rules.PHONE_MAX, null=True, blank=True)
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.BROWSER, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("operator"), default=False)
    must_change_password = models.BooleanField(_("must change the password"), default=False)
    age_confirmed_at = models.DateTimeField(_("confirmed to be 19 or older at"), null=True, blank=True)
    created_at = models.DateTimeField(_("signed up at"))
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)

    objects = BaseUserManager()

    USERNAME_FIELD = "site_id"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(fields=["site_id"], name="accounts_user_site_id_unique"),
            models.UniqueConstraint(fields=["phone_number"], name="accounts_user_phone_number_unique"),
            models.CheckConstraint(
                condition=models.Q(phone_number__isnull=True)
                | models.Q(phone_number__regex=rf"^[0-9]{{{rules.PHONE_MIN},{rules.PHONE_MAX}}}$"),
                name="accounts_user_phone_number_digits",
            ),
            models.CheckConstraint(
                condition=models.Q(deleted_at__isnull=True) | models.Q(is_active=False),
                name="accounts_user_deleted_is_inactive",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="accounts_user_newest"),
            # A forgotten password is asked for by e-mail, in any case.
            models.Index(Upper("email"), condition=models.Q(email__isnull=False), name="accounts_user_email_folded"),
        ]

    def __str__(self) -> str:
        return f"{self.nickname} ({self.site_id})"

    def get_full_name(self) -> str:
        return self.nickname

    def get_short_name(self) -> str:
        return self.nickname


@audit.track("user", "group", linking=True)
class UserRole(User.groups.through):
    """A role that an operator was given; here for the audit."""

    class Meta:
        proxy = True


@audit.track("user", "permission", linking=True)
class UserPermission(User.user_permissions.through):
    """A permission given beside the roles; here for the audit."""

    class Meta:
        proxy = True


class LoginName(models.Model):
    """A name that leads to one user. Sign-in names and nicknames share this list, so that none can
    pass for another, whatever the case or the width of the letters.
    """

    key = models.CharField(_("folded name"), max_length=rules.LOGIN_KEY_MAX, primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="login_names", verbose_name=_("user"))

    class Meta:
        verbose_name = _("sign-in key")
        verbose_name_plural = _("sign-in keys")

    def __str__(self) -> str:
        return self.key
