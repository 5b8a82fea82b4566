"""What operators noted about a player, and what they did for them or against them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.care.rules import ACT_MAX, KEY_MAX, NOTE_MAX
from casino_club.core import audit
from casino_club.core.append_only import append_only


@audit.track("player", "author")
class OperatorNote(models.Model):
    """A note of one operator for the others. It may be personal: the player's export shows it, a deletion takes it."""

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+", verbose_name=_("player")
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by"))
    text = models.CharField(_("note"), max_length=NOTE_MAX)
    created_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("operator's note")
        verbose_name_plural = _("operators' notes")
        indexes = [models.Index(fields=["player", "-id"], name="operator_note_of_player")]

    def __str__(self) -> str:
        return f"#{self.pk}"


@audit.track("player", "act", "reason")
class OperatorAct(models.Model):
    """One act of an operator on a player's page: why, and what came of it in figures. Append-only.

    `key` is the form's: what is sent twice is one act.
    """

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("operator")
    )
    act = models.CharField(_("act"), max_length=ACT_MAX)
    reason = models.CharField(_("reason"), max_length=audit.REASON_MAX)
    result = models.JSONField(_("result"), default=dict)
    key = models.CharField(max_length=KEY_MAX)
    created_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("operator's act")
        verbose_name_plural = _("operators' acts")
        constraints = [models.UniqueConstraint(fields=["operator", "key"], name="operator_act_once_per_key")]
        indexes = [models.Index(fields=["player", "-id"], name="operator_act_of_player")]
        triggers = append_only("accounts_operatoract")

    def __str__(self) -> str:
        return f"{self.act} #{self.pk}"
