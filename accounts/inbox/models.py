"""What the club has told a player."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from accounts.inbox import rules
from casino_club.core import audit


class Notification(models.Model):
    """One line in a player's inbox: a kind and its parameters, put into words when somebody reads it."""

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+", verbose_name=_("player")
    )
    kind = models.CharField(_("kind"), max_length=rules.KIND_MAX)
    params = models.JSONField(_("parameters"), default=dict)
    key = models.CharField(_("key"), max_length=rules.KEY_MAX, null=True, blank=True)
    created_at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [models.UniqueConstraint(fields=["player", "key"], name="notification_once_per_key")]
        indexes = [
            models.Index(fields=["player", "-created_at", "-id"], name="notification_newest"),
            models.Index(
                fields=["player", "-created_at", "-id"], condition=Q(read_at__isnull=True), name="notification_unread"
            ),
            models.Index(fields=["created_at"], name="notification_age"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return rules.title_of(self.kind)

    @property
    def text(self) -> str:
        return rules.text_of(self.kind, self.params)

    @property
    def icon(self) -> str:
        return rules.KINDS[self.kind].icon if self.kind in rules.KINDS else "bell"

    @property
    def url(self) -> str | None:
        """The page it leads to, or None; a page that is no more leads nowhere."""
        page = rules.KINDS[self.kind].page if self.kind in rules.KINDS else ""
        try:
            return reverse(page) if page else None
        except NoReverseMatch:
            return None


@audit.track("operator", "reason", "recipients")
class OperatorMessage(models.Model):
    """An operator wrote to players, and why. What was written lies in the recipients' inboxes alone."""

    operator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("operator"))
    reason = models.CharField(_("reason"), max_length=rules.REASON_MAX)
    recipients = models.PositiveIntegerField(_("recipients"))
    created_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("operators' message")
        verbose_name_plural = _("operators' messages")

    def __str__(self) -> str:
        return self.reason
