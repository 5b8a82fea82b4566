"""Fairness for people: the seeds, the verifier (also as a file to keep), and each round with its proof."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from casino_club.core import clock
from casino_club.core.errors import DomainError, InvalidInput, NotFound
from casino_club.core.page_acts import wanted_page
from casino_club.core.shapes import BIGINT_MAX
from games.fairness import rules, selectors, services
from games.proofs.records import shown_record
from games.proofs.rules import published
from games.proofs.standalone import standalone
from games.rounds.answers import detail_answer
from games.rounds.models import Game
from games.rounds.selectors import round_of

REVEALED_LISTED = 10

CHECK_LABELS = {
    "server_seed_hash": gettext_lazy("Fingerprint of the server seed"),
    "stops": gettext_lazy("Reel stops"),
    "reels": gettext_lazy("Cards in sight"),
    "wins": gettext_lazy("Winning lines"),
    "free_spins": gettext_lazy("Free spins"),
    "win": gettext_lazy("Payout"),
    "multiplier": gettext_lazy("Multiplier (hundredths)"),
    "crash_point": gettext_lazy("Crash point (hundredths)"),
    "status": gettext_lazy("How it ended"),
    "at_ms": gettext_lazy("Ended after (ms)"),
    "pity": gettext_lazy("Pity that the pull before left"),
    "cards": gettext_lazy("Cards drawn"),
    "guaranteed": gettext_lazy("Given by pity"),
    "computer": gettext_lazy("The house's hand"),
    "result": gettext_lazy("Result"),
}


@dataclass(frozen=True)
class SeedTable:
    """A table that seeds can be tried on by hand."""

    value: str
    label: str


@never_cache
@require_safe
def fairness(request: HttpRequest) -> HttpResponse:
    """How draws are made and the verifier for everybody; a player's own seeds as well."""
    context = _verifier()
    if request.user.is_authenticated:
        context["active"] = services.ensure_pair(player_id=request.user.pk, now=clock.now())
        context["revealed"] = selectors.revealed_pairs(request.user.pk, limit=REVEALED_LISTED)
        context["seed_rules"] = {"max": rules.CLIENT_SEED_MAX, "pattern": rules.CLIENT_SEED.pattern}
        context["suggested_seed"] = rules.new_client_seed()
    return render(request, "games/fairness.html", context)


@login_required
@require_POST
def rotate(request: HttpRequest) -> HttpResponse:
    """Reveal the seeds and begin new ones, with the client seed given or a random one; back to where it was asked."""
    client_seed = request.POST.get("client_seed", "").strip() or None
    try:
        services.rotate(player_id=request.user.pk, client_seed=client_seed, now=clock.now())
    except InvalidInput as refusal:
        messages.error(request, refusal.fields["client_seed"][0])
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(
            request, _("Your seeds are changed. The old secret is shown: every round of it can be verified.")
        )
    return redirect(wanted_page(request, otherwise="fairness"))


@require_safe
def verifier_file(request: HttpRequest) -> HttpResponse:
    """The verifier as one file that works from a disk, without any network."""
    response = HttpResponse(standalone(_verifier()), content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="casino-club-verifier.html"'
    return response


@never_cache
@login_required
@require_safe
def round_page(request: HttpRequest, round_id: int) -> HttpResponse:
    """One finished round of the player's own, with its proof."""
    if round_id > BIGINT_MAX:
        raise Http404
    try:
        played = round_of(request.user.pk, round_id)
    except NotFound as error:
        raise Http404 from error
    context = _verifier() | {
        "round": played,
        "game_label": Game(played.game).label,
        "net": played.win - played.bet,
        "record": shown_record(played),
        "record_template": f"games/round_{played.game}.html",
        "proof": detail_answer(played),
        "revealed": played.seed_pair.revealed_server_seed,
        "here": reverse("round", args=[played.pk]),
    }
    return render(request, "games/round.html", context)


def _verifier() -> dict:
    """What the verifier's form, in a page or in the saved file, is made of."""
    tables = published()
    return {
        "rules": tables,
        "tables": [
            SeedTable(f"{game}/{version}", f"{Game(game).label} · {version}")
            for game, versions in tables.items()
            for version in reversed(versions)
        ],
        "texts": _texts(),
    }


def _texts() -> dict[str, str]:
    """Every sentence the verifier may say, in the page's language."""
    return {
        "result": _("Result of the verification"),
        "what": _("What"),
        "recorded": _("As recorded"),
        "recomputed": _("From the seeds"),
        "same": _("the same"),
        "holds": _("Verified: round %(round)s is exactly what its seeds give."),
        "differs": _("Round %(round)s is NOT what its seeds give. Please tell us."),
        "sealed": _("The seed of this round is not revealed yet. Change your seeds, then it can be verified."),
        "unknown": _("This verifier does not know the odds “%(version)s”. Take a newer one."),
        "unreadable": _("This is no round as we write it. Paste everything between { and }."),
        "bad_seeds": _("The server seed is 64 hexadecimal digits, the number a whole one."),
        "drawn": _("This is what these seeds give."),
        **{f"check_{name}": str(label) for name, label in CHECK_LABELS.items()},
    }
