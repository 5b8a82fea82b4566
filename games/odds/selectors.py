"""The games of the house as the lobby shows them, each with its return to player."""

from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from games.gacha import rules as gacha
from games.odds.book import versions


@dataclass(frozen=True)
class Table:
    """A table of the lobby: its published return, or a `note` where no gold is paid back."""

    code: str
    name: str
    url: str
    rtp: str = ""
    note: str = ""

    @property
    def sheet(self) -> str:
        """The template that prints its odds."""
        return f"games/odds_{self.code}.html"


def lobby() -> list[Table]:
    """Every table of the house."""
    stated = stated_returns()
    return [
        Table("slot", _("Hwatu slot"), reverse("slot"), _percent(stated["slot"])),
        Table("crash", _("Crane flight"), reverse("crash"), _percent(stated["crash"])),
        Table("gacha", _("Lacquer box"), reverse("gacha"), note=_lacquer_box_note()),
        Table("rps", _("Rock, paper, scissors"), reverse("rps"), _percent(stated["rps"])),
    ]


def stated_returns() -> dict[str, Decimal]:
    """The published return to the player in percent, of each game that pays back in gold."""
    return {
        version.game: version.rtp_percent
        for version in versions()
        if not version.is_past and version.rtp_percent is not None
    }


def _lacquer_box_note() -> str:
    pity = max(odds.pity for odds in gacha.ODDS.values())
    return _("A bright card within %(pity)s pulls, guaranteed") % {"pity": pity}


def _percent(share: Decimal) -> str:
    """With all decimals that say something, two at the most: 95.58%, 98%."""
    return f"{share:.2f}".rstrip("0").rstrip(".") + "%"
