"""Events and play for tests: events by the operators' own service, play by the ledger's one verb."""

import itertools
from datetime import UTC, datetime, timedelta

from django.db import transaction

from economy.ledger import services as ledger
from economy.ledger.rules import Asset, Move
from events.live import operations
from events.live.models import Event
from events.live.rules import Asked, Draft
from games.slot.services import spin

NOW = datetime(2026, 11, 23, 12, 34, 56, 789, tzinfo=UTC)
DAY = timedelta(days=1)
_rounds = itertools.count(1)


def draft(**changes) -> Draft:
    """A live event from yesterday to tomorrow that asks for three plays and gives 500 gold."""
    values = {
        "title": "가을 단풍 놀이",
        "start_date": NOW - DAY,
        "end_date": NOW + DAY,
        "requirements": (Asked("plays", 3),),
        "rewards": {"gold": 500},
    }
    return Draft(**(values | changes))


def event(*, now: datetime = NOW, **changes) -> Event:
    return operations.create(draft=draft(**changes), operator_id=None, now=now)


def play(player_id: int, *, at: datetime, wager: int = 100, win: int = 0, game: str = "slot", times: int = 1) -> None:
    """Paid rounds as every game books them: the stake, XP, and a payout that is a win only above the stake."""
    for _ in range(times):
        reference = f"round:test-{next(_rounds)}"
        moves = [
            Move(Asset.GOLD, -wager, f"{game}.bet", reference),
            Move(Asset.XP, max(1, wager // 10), "play.xp", reference),
        ]
        if win:
            moves.append(Move(Asset.GOLD, win, f"{game}.win", reference, units=int(win > wager)))
        with transaction.atomic():
            ledger.post(player_id, moves, now=at)


def spin_paid(player_id: int, *, at: datetime, times: int, bet: int = 20) -> None:
    """Real rounds of the slot, until `times` of them were paid for (the rest were free)."""
    paid = 0
    while paid < times:
        paid += spin(player_id=player_id, bet_amount=bet, lines=1, now=at).wagered > 0


def fund(player_id: int, *, at: datetime, gold: int = 0, gems: int = 0, xp: int = 0) -> None:
    """Balances for a test, by an adjustment."""
    reference = f"fund:{next(_rounds)}"
    amounts = {Asset.GOLD: gold, Asset.GEMS: gems, Asset.XP: xp}
    moves = [Move(asset, amount, "adjustment", reference) for asset, amount in amounts.items() if amount]
    with transaction.atomic():
        ledger.post(player_id, moves, now=at)
