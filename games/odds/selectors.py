"""The games of the house as the lobby shows them, each with its return to player."""

from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from games.crash import rules as crash
from games.gacha import rules as gacha
from games.odds import rps
from games.odds.slot import sheet
from games.rps import rules as rps_rules
from games.slot import rules as slot_rules


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
        Table("slot", _("Hwatu slot"), reverse("slot"), _percent(sheet().rtp_percent)),
        Table("crash", _("Crane flight"), reverse("crash"), _percent(Decimal(crash.RETURN_HUNDREDTHS))),
        Table("gacha", _("Lacquer box"), reverse("gacha"), note=_lacquer_box_note()),
        Table("rps", _("Rock, paper, scissors"), reverse("rps"), _percent(rps.sheet().rtp_percent)),
    ]


def stated_returns() -> dict[str, Decimal]:
    """The published return to the player in percent, of each game that pays back in gold."""
    return {
        slot_rules.GAME: sheet().rtp_percent,
        crash.GAME: Decimal(crash.RETURN_HUNDREDTHS),
        rps_rules.GAME: rps.sheet().rtp_percent,
    }


def _lacquer_box_note() -> str:
    pity = max(odds.pity for odds in gacha.ODDS.values())
    return _("A bright card within %(pity)s pulls, guaranteed") % {"pity": pity}


def _percent(share: Decimal) -> str:
    """With all decimals that say something, two at the most: 95.58%, 98%."""
    return f"{share:.2f}".rstrip("0").rstrip(".") + "%"
