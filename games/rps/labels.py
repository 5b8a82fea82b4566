"""The hands' and results' names for people."""

from django.utils.translation import gettext_lazy as _

from games.rps.rules import Hand, Result

HAND_LABELS = {Hand.ROCK: _("Rock"), Hand.PAPER: _("Paper"), Hand.SCISSORS: _("Scissors")}
RESULT_LABELS = {Result.WIN: _("Won"), Result.DRAW: _("Draw"), Result.LOSE: _("Lost")}
