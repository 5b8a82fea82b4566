"""The lacquer box's doors for machines: boxes on sale, pulls, the collection."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core import clock
from casino_club.core.api import ApiView, idempotent, page_of
from casino_club.core.schema import CURSOR, LIMIT, refusals
from casino_club.core.shapes import ChoiceField, IntegerField, Shape
from games.fairness.answers import FairnessAnswer
from games.gacha import figures, rules, selectors
from games.gacha.labels import name_of
from games.gacha.models import Banner, InventoryItem
from games.gacha.services import Found, Pull, pull


class PullShape(Shape):
    banner_id = IntegerField(min_value=1)
    pull_count = ChoiceField(choices=rules.PULL_COUNTS)
    currency = ChoiceField(choices=[currency.value for currency in rules.Currency])


class CardAnswer(serializers.Serializer):
    item = serializers.CharField(help_text="The card's code, like `plum-animal`.")
    name = serializers.CharField()
    rarity = serializers.ChoiceField([rarity.value for rarity in rules.RARITIES])


class FoundAnswer(CardAnswer):
    is_new = serializers.BooleanField(help_text="The first of its kind in the collection.")
    quantity = serializers.IntegerField(help_text="How many of it there were in the collection with this one.")
    guaranteed = serializers.BooleanField(help_text="Given by pity.")


class PityAnswer(serializers.Serializer):
    count = serializers.IntegerField(help_text="Pulls since the last bright card on this banner.")
    guaranteed_at = serializers.IntegerField(help_text="This pull without one is a bright card for certain.")
    pulls_left = serializers.IntegerField(help_text="At most so many pulls until the next bright card.")


class PullAnswer(serializers.Serializer):
    success = serializers.BooleanField()
    banner_id = serializers.IntegerField()
    pull_count = serializers.IntegerField()
    currency = serializers.CharField()
    price = serializers.IntegerField()
    results = FoundAnswer(many=True)
    pity = PityAnswer()
    message = serializers.CharField()
    balance = serializers.IntegerField(help_text="Gold after the pull.")
    gems_balance = serializers.IntegerField()
    round_id = serializers.IntegerField()
    fairness = FairnessAnswer()


class RateAnswer(serializers.Serializer):
    rarity = serializers.CharField()
    percent = serializers.CharField(help_text="On a pull that pity does not decide; sums to exactly 100.")
    percent_with_pity = serializers.CharField(help_text="Of all pulls in the long run; sums to exactly 100.")


class BannerAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)
    prices = serializers.DictField(help_text='{"gold": {"1": …, "10": …}, "gems": …}; null when not sold for it.')
    odds_version = serializers.CharField(help_text="Its whole table is in GET /api/games/odds.")
    rates = RateAnswer(many=True)
    pity = PityAnswer()


class ItemAnswer(CardAnswer):
    quantity = serializers.IntegerField()
    first_at = serializers.DateTimeField()
    last_at = serializers.DateTimeField()


class BannersView(ApiView):
    @extend_schema(
        operation_id="gacha_banners",
        parameters=[CURSOR, LIMIT],
        responses=inline_serializer(
            "Banners", {"results": BannerAnswer(many=True), "next": serializers.CharField(allow_null=True)}
        ),
        tags=["games"],
    )
    def get(self, request):
        """The boxes on sale now in their order, with their rates and the caller's pity on each."""
        banners = selectors.open_banners(request.user.pk, request.now)
        return Response(page_of(banners, request, key=("sort_order", "id"), serialize=banner_answer))


class PullView(ApiView):
    rates = (("bets", "RATE_BETS_PER_SECOND", 1),)

    @extend_schema(
        operation_id="gacha_pull",
        request=PullShape,
        responses={
            200: PullAnswer,
            **refusals(
                s404="not_found",
                s409="banner_closed, insufficient_gold, insufficient_gems, self_limit_reached (with limit, remaining "
                "and ends_at), wallet_missing",
            ),
        },
        tags=["games"],
    )
    @idempotent
    def post(self, request):
        """Open one box or ten."""
        asked = PullShape.read(request.data)
        result = pull(
            player_id=request.user.pk,
            banner_id=asked["banner_id"],
            pull_count=asked["pull_count"],
            currency=rules.Currency(asked["currency"]),
            now=request.now,
        )
        return Response(pull_answer(result))


class InventoryView(ApiView):
    @extend_schema(
        operation_id="games_inventory",
        parameters=[CURSOR, LIMIT],
        responses=inline_serializer(
            "Inventory", {"results": ItemAnswer(many=True), "next": serializers.CharField(allow_null=True)}
        ),
        tags=["games"],
    )
    def get(self, request):
        """The caller's cards, the newest kind first; a duplicate counts without moving its card."""
        items = selectors.inventory_of(request.user.pk)
        return Response(page_of(items, request, key=("-id",), serialize=item_answer))


def pull_answer(result: Pull) -> dict:
    """A finished pull as SPEC §6 answers it."""
    return {
        "success": True,
        "banner_id": result.banner.pk,
        "pull_count": len(result.found),
        "currency": result.currency,
        "price": result.price,
        "results": [found_answer(found) for found in result.found],
        "pity": pity_answer(result.banner.odds, result.pity),
        "message": message_for(result),
        "balance": result.gold,
        "gems_balance": result.gems,
        "round_id": result.round_id,
        "fairness": {
            "server_seed_hash": result.ticket.server_seed_hash,
            "client_seed": result.ticket.client_seed,
            "nonce": result.ticket.nonce,
        },
    }


def found_answer(found: Found) -> dict:
    """A card that was just found, and what it means for the collection."""
    return card_answer(found.card) | {
        "is_new": found.is_new,
        "quantity": found.number,
        "guaranteed": found.guaranteed,
    }


def card_answer(card: rules.Card) -> dict:
    """A card of the deck by code and name."""
    return {"item": card.code, "name": name_of(card), "rarity": card.rarity}


def item_answer(held: InventoryItem) -> dict:
    """A card of the collection."""
    return card_answer(rules.CARDS[held.item]) | {
        "quantity": held.quantity,
        "first_at": clock.iso(held.first_at),
        "last_at": clock.iso(held.last_at),
    }


def banner_answer(banner: Banner) -> dict:
    """A box with its prices, exact rates and the caller's pity, with which it was read."""
    odds = banner.odds
    printed = figures.printed_effective_percents(odds)
    return {
        "id": banner.pk,
        "title": banner.title,
        "starts_at": clock.iso(banner.starts_at),
        "ends_at": clock.iso(banner.ends_at) if banner.ends_at else None,
        "prices": {currency: _prices(banner, currency) for currency in rules.Currency},
        "odds_version": odds.version,
        "rates": [
            {
                "rarity": rarity,
                "percent": figures.percent_text(figures.chance_of(odds, rarity)),
                "percent_with_pity": str(printed[rarity]),
            }
            for rarity in rules.RARITIES
        ],
        "pity": pity_answer(odds, banner.pity),
    }


def _prices(banner: Banner, currency: rules.Currency) -> dict | None:
    prices = {str(pulls): banner.price_of(pulls, currency) for pulls in rules.PULL_COUNTS}
    return None if None in prices.values() else prices


def pity_answer(odds: rules.Odds, count: int) -> dict:
    """How near `count` pulls without a bright card are to the one that is guaranteed."""
    return {"count": count, "guaranteed_at": odds.pity, "pulls_left": odds.pity - count}


def message_for(result: Pull) -> str:
    """What came out, in a sentence or two; the best is named."""
    cards = [found.card for found in result.found]
    best = min(cards, key=rules.DECK.index)
    new = sum(found.is_new for found in result.found)
    if len(cards) == 1:
        said = [_("%(card)s.") % {"card": name_of(best)}]
    else:
        said = [
            ngettext("%(count)s card.", "%(count)s cards.", len(cards)) % {"count": len(cards)},
            _("The best is %(card)s.") % {"card": name_of(best)},
        ]
    if new:
        said.append(ngettext("%(count)s is new.", "%(count)s are new.", new) % {"count": new})
    return " ".join(said)
