"""A round: one transaction from the wallet's lock to the balance."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from casino_club.core.errors import InvalidInput
from economy.ledger import services as ledger
from economy.ledger.rules import Asset, Move
from economy.limits import services as limits
from games.fairness import services as fairness
from games.fairness.rules import Ticket
from games.rounds import rules as round_rules
from games.rounds import services as rounds
from games.rps import rules
from games.rps.rules import Hand, Result


@dataclass(frozen=True, slots=True)
class Play:
    """A finished round: both hands, what it paid (in hundredths of the bet: `multiplier`) and the gold there is now."""

    round_id: int
    bet: int
    player: Hand
    house: Hand
    result: Result
    win: int
    multiplier: int
    balance: int
    ticket: Ticket


def play(*, player_id: int, choice: Hand, bet_amount: int, now: datetime) -> Play:
    """Play one hand for `bet_amount` gold.

    Raises InvalidInput outside the table's limits, SelfLimitReached and InsufficientGold.
    """
    if not rules.MIN_BET <= bet_amount <= rules.MAX_BET:
        limits_text = _("Bet %(least)s to %(most)s gold.") % {"least": rules.MIN_BET, "most": rules.MAX_BET}
        raise InvalidInput({"bet_amount": [limits_text]})
    with transaction.atomic(savepoint=False):
        limits.check(ledger.lock_wallet(player_id), stake=bet_amount, now=now)
        ticket = fairness.next_draw(player_id=player_id, now=now)
        house = rules.draw_hand(ticket.draw)
        result = rules.result_of(choice, house)
        odds = rules.CURRENT
        win = rules.payout_for(bet_amount, result, odds)
        recorded = rounds.record_settled(
            player_id=player_id,
            game=rules.GAME,
            bet=bet_amount,
            stake=bet_amount,
            win=win,
            odds_version=odds.version,
            ticket=ticket,
            outcome={"choice": choice, "computer": house, "result": result},
            now=now,
        )
        reference = f"round:{recorded.round_id}"
        moves = [
            Move(Asset.GOLD, -bet_amount, "rps.bet", reference),
            Move(Asset.XP, round_rules.xp_for(bet_amount), "play.xp", reference),
        ]
        if win:
            units = int(round_rules.is_win(bet_amount, win))  # the bet that comes back after a draw is no win
            moves.append(Move(Asset.GOLD, win, "rps.win", reference, units=units))
        balance = ledger.post(player_id, moves, now=now).balances.gold
    return Play(
        round_id=recorded.round_id,
        bet=bet_amount,
        player=choice,
        house=house,
        result=result,
        win=win,
        multiplier=recorded.multiplier,
        balance=balance,
        ticket=ticket,
    )
