"""The lacquer box and the collection."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from casino_club.core import clock
from games.fairness import services as fairness
from games.gacha import rules, selectors
from games.gacha.drawings import albums, deck_for_scripts, fan_of, pulls_per_top_text, rate_rows
from games.gacha.models import Banner


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The boxes on sale; `?banner=` chooses one of them, the first otherwise."""
    now = clock.now()
    banners = list(selectors.open_banners(request.user.pk, now))
    wanted = request.GET.get("banner", "")
    chosen = next((banner for banner in banners if str(banner.pk) == wanted), banners[0] if banners else None)
    context = {"banners": banners, "banner": chosen}
    if chosen is not None:
        odds = chosen.odds
        context |= {
            "odds": odds,
            "rates": rate_rows(odds),
            "pulls_per_top": pulls_per_top_text(odds),
            "pulls_left": odds.pity - chosen.pity,
            "offers": _offers(chosen),
            "fan": fan_of(chosen.art),
            "seeds": fairness.ensure_pair(player_id=request.user.pk, now=now),
            "table": _table(chosen),
            "texts": _texts(),
        }
    return render(request, "games/gacha.html", context)


@login_required
@require_safe
def inventory(request: HttpRequest) -> HttpResponse:
    """The whole deck: what is found of it, how often, and what is missing."""
    collection = selectors.collection_of(request.user.pk)
    return render(request, "games/inventory.html", {"collection": collection, "albums": albums(collection)})


def _offers(banner: Banner) -> list[dict]:
    """The currencies it is sold for, with the price of one and of ten."""
    prices = [
        (currency, [banner.price_of(pulls, currency) for pulls in rules.PULL_COUNTS]) for currency in rules.Currency
    ]
    return [
        {"currency": currency, "prices": list(zip(rules.PULL_COUNTS, found, strict=True))}
        for currency, found in prices
        if None not in found
    ]


def _table(banner: Banner) -> dict:
    """What the page's script has to know; the draw, the price and the balances are the server's."""
    return {"banner": banner.pk, "pity": banner.odds.pity, "deck": deck_for_scripts()}


def _texts() -> dict[str, str]:
    """Every sentence the script may say, in the page's language."""
    return {
        "opening": _("The box opens."),
        "new": pgettext("a card", "New"),
        "held": _("%(count)s in your collection"),
        "guaranteed": _("Guaranteed"),
        "again_gold": _("Open %(count)s more · %(price)s gold"),
        "again_gems": _("Open %(count)s more · %(price)s gems"),
        "pity_left": _("A bright card at the latest in %(left)s pulls"),
        "pity_next": _("The next card is a bright one for certain"),
        "pity_count": _("%(count)s of %(most)s"),
    }
