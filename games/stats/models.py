"""What a player's settled rounds add up to, kept in the rounds' own transactions."""

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from casino_club.core import audit


class Totals(models.Model):
    """The figures both tables hold. Each is a sum (or the highest) over settled rounds and can be rebuilt from them.

    `rounds` counts every round, `total_bets` the paid ones; a win is a payout above the bet, a loss one below it.
    """

    game = models.CharField(_("game"), max_length=10)
    rounds = models.BigIntegerField(_("rounds"), default=0)
    total_bets = models.BigIntegerField(_("bets"), default=0)
    total_wins = models.BigIntegerField(_("wins"), default=0)
    total_losses = models.BigIntegerField(_("losses"), default=0)
    highest_multiplier = models.BigIntegerField(_("highest multiplier (hundredths)"), default=0)
    total_wagered = models.BigIntegerField(_("wagered"), default=0)
    total_won = models.BigIntegerField(_("won"), default=0)
    total_profit = models.GeneratedField(
        verbose_name=_("profit"),
        expression=F("total_won") - F("total_wagered"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    updated_at = models.DateTimeField(_("changed at"))

    class Meta:
        abstract = True


class UserGameStats(Totals):
    """One player in one game, of all time; a player's totals are the sum over the games."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )

    class Meta:
        db_table = "user_game_stats"
        verbose_name = _("game statistics")
        verbose_name_plural = _("game statistics")
        constraints = [models.UniqueConstraint(fields=["user", "game"], name="user_game_stats_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class DailyGameStats(Totals):
    """One player in one game on one game day."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    date = models.DateField(_("game day"))

    class Meta:
        db_table = "user_game_stats_daily"
        verbose_name = _("game statistics by day")
        verbose_name_plural = _("game statistics by day")
        constraints = [models.UniqueConstraint(fields=["user", "date", "game"], name="user_game_stats_daily_once")]

    def __str__(self) -> str:
        return f"{self.date} {self.game}"


@audit.track("user", "healed")
class StatsRecalculation(models.Model):
    """Statistics rebuilt from the rounds by an operator, and what that healed: figures before and after."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("player"))
    healed = models.JSONField(_("healed"))
    created_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("recalculation of statistics")
        verbose_name_plural = _("recalculations of statistics")

    def __str__(self) -> str:
        return f"#{self.pk}"
