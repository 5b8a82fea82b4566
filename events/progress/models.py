"""What events and missions have in common as rows: bilingual texts and a reward."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from economy.rewards.rules import Amounts

REWARDS = ("gold", "gems", "exp", "vip_points")
MOST = 1_000_000_000


class Titled(models.Model):
    """A title and a description: Korean, and English where given."""

    title = models.CharField(_("title"), max_length=100)
    title_en = models.CharField(_("title (English)"), max_length=100, blank=True)
    description = models.TextField(_("description"), max_length=1000, blank=True)
    description_en = models.TextField(_("description (English)"), max_length=1000, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def shown_title(self) -> str:
        """The title in the active language, where there is one."""
        return self.title_en if self.title_en and not _is_korean() else self.title

    @property
    def shown_description(self) -> str:
        """The description in the active language, where there is one."""
        return self.description_en if self.description_en and not _is_korean() else self.description


def _is_korean() -> bool:
    return (get_language() or "ko").startswith("ko")


class Rewarding(models.Model):
    """What completing gives: whole amounts, not all of them 0."""

    gold = models.BigIntegerField(_("gold"), default=0)
    gems = models.BigIntegerField(_("gems"), default=0)
    exp = models.BigIntegerField(_("XP"), default=0)
    vip_points = models.BigIntegerField(_("VIP points"), default=0)

    class Meta:
        abstract = True

    @property
    def rewards(self) -> dict[str, int]:
        """The amounts that are not 0, by name."""
        return {name: getattr(self, name) for name in REWARDS if getattr(self, name)}

    @property
    def amounts(self) -> Amounts:
        return Amounts(gold=self.gold, gems=self.gems, xp=self.exp, vip_points=self.vip_points)


def gives_something() -> Q:
    """For a check constraint: no amount negative or beyond what a reward may be, and at least one there."""
    bounded = Q(**{f"{name}__gte": 0 for name in REWARDS}, **{f"{name}__lte": MOST for name in REWARDS})
    return bounded & (Q(gold__gt=0) | Q(gems__gt=0) | Q(exp__gt=0) | Q(vip_points__gt=0))
