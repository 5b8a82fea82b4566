"""A pull: one transaction from the wallet's lock to the cards in the collection.

One act, of one card or of ten, is one round: one nonce, whose numbers are taken card after card. Its `bet` is the gold
paid (0 when gems paid) and its win is 0, since a card is worth no gold: statistics, profit and self-limits count what a
pull does to gold, like any other paid round. The ledger's entry has as many units as cards were drawn.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casino_club.core.errors import DomainError, InvalidInput
from economy.ledger import services as ledger
from economy.ledger.rules import Asset, Move
from economy.limits import services as limits
from economy.streaks import services as streaks
from economy.streaks.rules import Action
from games.fairness import services as fairness
from games.fairness.rules import Ticket
from games.gacha import rules, selectors
from games.gacha.models import Banner
from games.gacha.rules import Card, Currency
from games.rounds import services as rounds

_KEEP = """
WITH counted AS (
    INSERT INTO games_pity AS p (player_id, banner_id, count, pulls, updated_at)
    VALUES (%(player)s, %(banner)s, %(pity)s, %(pulls)s, %(now)s)
    ON CONFLICT (player_id, banner_id) DO UPDATE
        SET count = excluded.count, pulls = p.pulls + excluded.pulls, updated_at = excluded.updated_at
)
INSERT INTO games_inventoryitem AS i (player_id, item, quantity, first_at, last_at)
SELECT %(player)s, drawn.item, count(*), %(now)s, %(now)s
  FROM unnest(%(items)s::text[]) AS drawn (item) GROUP BY drawn.item ORDER BY drawn.item
ON CONFLICT (player_id, item) DO UPDATE
    SET quantity = i.quantity + excluded.quantity, last_at = excluded.last_at
RETURNING item, quantity
"""


class BannerClosed(DomainError):
    code = "banner_closed"
    message = gettext_lazy("This box is not on sale right now.")


@dataclass(frozen=True, slots=True)
class Found:
    """A card in the player's hand: `number` is which one of its kind it is, 1 when it is new."""

    card: Card
    guaranteed: bool
    number: int

    @property
    def is_new(self) -> bool:
        return self.number == 1


@dataclass(frozen=True, slots=True)
class Pull:
    """A finished act: what was paid, the cards in the order drawn, the pity after them, and what the player has now."""

    round_id: int
    banner: Banner
    currency: Currency
    price: int
    found: tuple[Found, ...]
    pity: int
    gold: int
    gems: int
    ticket: Ticket


def pull(*, player_id: int, banner_id: int, pull_count: int, currency: Currency, now: datetime) -> Pull:
    """Open `pull_count` boxes of a banner, paid with gold or gems.

    Raises NotFound, BannerClosed outside its window, InvalidInput for a count or a currency it is not sold at,
    SelfLimitReached, InsufficientGold and InsufficientGems.
    """
    if pull_count not in rules.PULL_COUNTS:
        raise InvalidInput({"pull_count": [_("Open 1 or 10.")]})
    with transaction.atomic(savepoint=False):
        wallet = ledger.lock_wallet(player_id)
        banner = selectors.banner_of(player_id, banner_id)
        if not banner.is_open(now):
            raise BannerClosed
        price = banner.price_of(pull_count, currency)
        if price is None:
            raise InvalidInput({"currency": [_("This box is not sold for that.")]})
        gold = price if currency is Currency.GOLD else 0
        limits.check(wallet, stake=gold, now=now)

        ticket = fairness.next_draw(player_id=player_id, now=now)
        outcome = rules.outcome_of(ticket.draw, banner.odds, pull_count, banner.pity)
        recorded = rounds.record_settled(
            player_id=player_id,
            game=rules.GAME,
            bet=gold,
            stake=price,
            win=0,
            odds_version=banner.odds_version,
            ticket=ticket,
            outcome=_as_record(banner, currency, price, outcome),
            now=now,
        )
        reference = f"round:{recorded.round_id}"
        posting = ledger.post(
            player_id,
            [
                Move(Asset(currency), -price, "gacha.pull", reference, units=pull_count),
                Move(Asset.XP, rules.xp_for(pull_count, gold), "play.xp", reference),
            ],
            now=now,
        )
        found = _keep(player_id, banner, outcome, now)
        if recorded.first_today:
            streaks.tick(player_id=player_id, action=Action.GACHA_PULL, now=now)
    return Pull(
        round_id=recorded.round_id,
        banner=banner,
        currency=currency,
        price=price,
        found=found,
        pity=outcome.pity_after,
        gold=posting.balances.gold,
        gems=posting.balances.gems,
        ticket=ticket,
    )


def _as_record(banner: Banner, currency: Currency, price: int, outcome: rules.Outcome) -> dict:
    """What shows the round again, and with the seeds draws it again: `pity` is the counter before the first card."""
    return {
        "banner": banner.pk,
        "currency": currency,
        "price": price,
        "pulls": len(outcome.pulled),
        "pity": banner.pity,
        "cards": [pulled.card.code for pulled in outcome.pulled],
        "guaranteed": [pulled.guaranteed for pulled in outcome.pulled],
    }


def _keep(player_id: int, banner: Banner, outcome: rules.Outcome, now: datetime) -> tuple[Found, ...]:
    """Put the cards into the collection and the counter where it stands now; each card with its number of its kind."""
    items = [pulled.card.code for pulled in outcome.pulled]
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            {
                "player": player_id,
                "banner": banner.pk,
                "pity": outcome.pity_after,
                "pulls": len(items),
                "items": items,
                "now": now,
            },
        )
        held = dict(cursor.fetchall())
    found = []
    for position, pulled in enumerate(outcome.pulled):
        later = items[position + 1 :].count(pulled.card.code)
        found.append(Found(pulled.card, pulled.guaranteed, held[pulled.card.code] - later))
    return tuple(found)
