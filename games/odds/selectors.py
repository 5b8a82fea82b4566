"""The games of the house as the lobby shows them, each with its return to player."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from games.crash import rules as crash
from games.gacha import rules as gacha
from games.odds import rps
from games.odds.slot import sheet


@dataclass(frozen=True)
class Table:
    """A table of the lobby; one that is not open yet has no address. `note` stands where no gold is paid back."""

    code: str
    name: str
    url: str = ""
    rtp: str = ""
    note: str = ""

    @property
    def available(self) -> bool:
        return bool(self.url)


def lobby() -> list[Table]:
    """Every table, those open to play first."""
    return [
        Table("slot", _("Hwatu slot"), reverse("slot"), f"{sheet().rtp_percent:.2f}%"),
        Table("crash", _("Crane flight"), reverse("crash"), f"{crash.RETURN_HUNDREDTHS}%"),
        Table("gacha", _("Lacquer box"), reverse("gacha"), note=_lacquer_box_note()),
        Table("rps", _("Rock, paper, scissors"), reverse("rps"), f"{rps.sheet().rtp_percent:.2f}%"),
    ]


def _lacquer_box_note() -> str:
    pity = max(odds.pity for odds in gacha.ODDS.values())
    return _("A bright card by pull %(pity)s at the latest") % {"pity": pity}
