"""The cards' names for people."""

from django.utils.translation import gettext_lazy as _

CARD_LABELS = {
    "moon": _("Full moon"),
    "crane": _("Crane"),
    "plum": _("Plum"),
    "blossom": _("Cherry blossom"),
    "iris": _("Iris"),
    "chrysanthemum": _("Chrysanthemum"),
    "maple": _("Maple"),
    "pine": _("Pine"),
    "wild": _("Wild"),
    "scatter": _("Scatter"),
}
