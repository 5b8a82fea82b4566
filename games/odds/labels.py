"""The odds book's tables and outcomes in words."""

from django.utils.translation import gettext as _

from games.crash.rules import GAME as CRASH
from games.gacha.labels import name_of
from games.gacha.rules import CARDS
from games.odds.crash import MORE, NEVER_TOOK_OFF
from games.odds.slot import FREE_SPINS, NOTHING
from games.rps.labels import HAND_LABELS
from games.rps.rules import HANDS
from games.slot.labels import CARD_LABELS


def table_label(name: str) -> str:
    """What a table of the book draws."""
    if name.startswith("reel "):
        return _("Reel %(number)s, top row") % {"number": name.removeprefix("reel ")}
    known = {
        "line": _("Line 1"),
        "free spins": _("Free spins"),
        "crash point": _("Where the crane flew to"),
        "card": _("Card of a pull"),
        "card given by pity": _("Card given by pity"),
        "hand": _("The house's hand"),
    }
    return known.get(name, name)


def outcome_label(game: str, outcome: str) -> str:
    """One outcome of a table."""
    if outcome == NOTHING:
        return _("nothing")
    if outcome in CARDS:
        return name_of(CARDS[outcome])
    if outcome in HANDS:
        return HAND_LABELS[outcome]
    if game == CRASH:
        if outcome == NEVER_TOOK_OFF:
            return _("never took off")
        return _("%(times)s and more") % {"times": outcome.removesuffix(MORE)} if outcome.endswith(MORE) else outcome
    if outcome.endswith(FREE_SPINS):
        return _("%(count)s free spins") % {"count": outcome.removesuffix(FREE_SPINS)}
    card, cross, count = outcome.partition(" × ")
    return f"{CARD_LABELS.get(card, card)}{cross}{count}"
