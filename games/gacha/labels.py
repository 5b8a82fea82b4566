"""Names for people: the kinds, the cards, and which drawing shows a card."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from games.gacha.rules import Card, Rarity

RARITY_LABELS = {
    Rarity.BRIGHT: gettext_lazy("Bright"),
    Rarity.ANIMAL: gettext_lazy("Animal"),
    Rarity.RIBBON: gettext_lazy("Ribbon"),
    Rarity.PI: gettext_lazy("Pi"),
}
FLOWER_LABELS = {
    "pine": pgettext_lazy("hwatu month", "Pine"),
    "plum": pgettext_lazy("hwatu month", "Plum"),
    "blossom": pgettext_lazy("hwatu month", "Cherry"),
    "wisteria": pgettext_lazy("hwatu month", "Wisteria"),
    "iris": pgettext_lazy("hwatu month", "Iris"),
    "peony": pgettext_lazy("hwatu month", "Peony"),
    "clover": pgettext_lazy("hwatu month", "Bush clover"),
    "pampas": pgettext_lazy("hwatu month", "Full moon"),
    "chrysanthemum": pgettext_lazy("hwatu month", "Chrysanthemum"),
    "maple": pgettext_lazy("hwatu month", "Maple"),
    "paulownia": pgettext_lazy("hwatu month", "Paulownia"),
    "willow": pgettext_lazy("hwatu month", "Willow"),
}
# The deck's own pictures: faces that stand for themselves, and what lies on the month's flower otherwise.
_FACES = {
    "pine-bright": "crane", "blossom-bright": "blossom", "pampas-bright": "moon",
    "iris-animal": "iris", "chrysanthemum-animal": "chrysanthemum", "maple-animal": "maple",
}  # fmt: skip
_FIGURES = {
    "paulownia-bright": "phoenix", "willow-bright": "umbrella", "plum-animal": "warbler", "wisteria-animal": "cuckoo",
    "peony-animal": "butterfly", "clover-animal": "boar", "pampas-animal": "geese", "willow-animal": "swallow",
}  # fmt: skip
_SPECIAL_FACES = {"pine", "blossom", "iris", "chrysanthemum", "maple"}  # the plain months are drawn beside them
_BLUE_RIBBONS = {"peony", "chrysanthemum", "maple"}
_POEM_RIBBONS = {"pine", "plum", "blossom"}


@dataclass(frozen=True, slots=True)
class Drawing:
    """The symbols of the sheet that make up a card, from below: `card-<face>`, then `card-<layer>` for each."""

    face: str
    layers: tuple[str, ...]


def name_of(card: Card) -> str:
    """A card's name: “Plum Animal”, 매조 열끗."""
    return _("%(flower)s %(kind)s") % {"flower": FLOWER_LABELS[card.flower], "kind": RARITY_LABELS[card.rarity]}


def drawing_of(card: Card) -> Drawing:
    plain = f"{card.flower}-plain" if card.flower in _SPECIAL_FACES else card.flower
    face = _FACES.get(card.code, plain)
    if card.rarity is Rarity.RIBBON:
        ink = "blue" if card.flower in _BLUE_RIBBONS else "poem" if card.flower in _POEM_RIBBONS else "red"
        return Drawing(face, (f"on-ribbon-{ink}",))
    layers = (f"on-{_FIGURES[card.code]}",) if card.code in _FIGURES else ()
    return Drawing(face, (*layers, "on-seal") if card.rarity is Rarity.BRIGHT else layers)
