"""The slot's card table."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casino_club.core import clock
from games.fairness import services as fairness
from games.rounds.rules import rounded_percent
from games.slot import figures, rules
from games.slot.drawings import line_drawings, pay_rows
from games.slot.labels import CARD_LABELS
from games.slot.selectors import pending_free_spins

LINE_CHOICES = (1, 5, 10, 20)
QUICK_BETS = (20, 100, 500, 1000)


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The machine, with the free spins that are left."""
    context = {
        "rules": rules,
        "rtp_text": f"{rounded_percent(figures.rtp()):.2f}%",
        "pay_rows": pay_rows(),
        "line_drawings": line_drawings(),
        "labels": CARD_LABELS,
        "strips": [strip + strip[: rules.ROWS] for strip in rules.CURRENT.strips],
        "line_choices": LINE_CHOICES,
        "quick_bets": QUICK_BETS,
        "seeds": fairness.ensure_pair(player_id=request.user.pk, now=clock.now()),
        "table": _table(request.user.pk),
        "texts": _texts(),
    }
    return render(request, "games/slot.html", context)


def _table(player_id: int) -> dict:
    """What the page's script has to know of the table; the draw, the win and the balance are the server's."""
    pending = pending_free_spins(player_id)
    return {
        "strips": rules.CURRENT.strips,
        "rows": rules.ROWS,
        "minBet": rules.MIN_BET,
        "maxBet": rules.MAX_BET,
        "freeSpins": pending and {"left": pending.left, "betAmount": pending.bet_amount, "lines": pending.lines},
    }


def _texts() -> dict[str, str]:
    """Every sentence the script may say, in the page's language."""
    return {
        "spin": _("Spin"),
        "free_spin": _("Free spin"),
        "free_left": _("%(left)s free spins left · %(bet)s gold, %(lines)s lines, at no cost"),
        "line_win": _("Line %(line)s · %(card)s × %(count)s · pays %(multiplier)s times"),
        "bet_range": _("Bet %(least)s to %(most)s gold."),
        "not_enough": _("You don't have enough gold."),
        "per_line": _("%(gold)s gold on each line"),
        **{f"card_{name}": str(label) for name, label in CARD_LABELS.items()},
    }
