"""A spin: one transaction from the wallet's lock to the balance."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from casino_club.core.errors import InvalidInput
from economy.ledger import services as ledger
from economy.ledger.rules import Asset, Move
from economy.limits import services as limits
from economy.streaks import services as streaks
from economy.streaks.rules import Action
from economy.webhooks import services as webhooks
from economy.webhooks.rules import EventType
from games.fairness import services as fairness
from games.fairness.rules import Ticket
from games.rounds import rules as round_rules
from games.rounds import services as rounds
from games.slot import rules, selectors
from games.slot.rules import Outcome

ATTENDANCE = Action.SLOT_SPIN


@dataclass(frozen=True)
class Spin:
    """A finished spin: what was staked (`wagered` is 0 when free), what the reels gave, and what the player has now."""

    round_id: int
    bet_amount: int
    lines: int
    wagered: int
    win: int
    multiplier: int
    outcome: Outcome
    free_spins_left: int
    balance: int
    ticket: Ticket

    @property
    def is_free(self) -> bool:
        return self.wagered == 0


def spin(*, player_id: int, bet_amount: int, lines: int, now: datetime) -> Spin:
    """Spin once for `bet_amount` gold spread over `lines` lines.

    While free spins are left the spin is one of them: it wagers nothing and plays the bet and lines they were won with,
    whatever is asked for. Raises InvalidInput outside the table's limits, SelfLimitReached and InsufficientGold.
    """
    _check(bet_amount, lines)
    odds = rules.CURRENT
    with transaction.atomic(savepoint=False):
        wallet = ledger.lock_wallet(player_id)
        pending = selectors.pending_free_spins(player_id)
        wagered = 0 if pending else bet_amount
        limits.check(wallet, stake=wagered, now=now)
        if pending:
            bet_amount, lines = pending.bet_amount, pending.lines

        ticket = fairness.next_draw(player_id=player_id, now=now)
        outcome = rules.outcome_of(rules.draw_stops(ticket.draw), lines, odds)
        win = rules.payout_for(bet_amount, lines, outcome.line_multipliers)
        left = (pending.left - 1 if pending else 0) + outcome.free_spins
        if pending or outcome.free_spins:
            _keep_free_spins(player_id, left, bet_amount, lines, now)

        recorded = rounds.record_settled(
            player_id=player_id,
            game=rules.GAME,
            bet=wagered,
            stake=bet_amount,
            win=win,
            odds_version=odds.version,
            ticket=ticket,
            outcome=_as_record(outcome, bet_amount, lines),
            now=now,
        )
        moves = _moves(recorded.round_id, wagered, win)
        balance = ledger.post(player_id, moves, now=now).balances.gold if moves else wallet.gold
        if outcome.is_jackpot:
            _tell_of_jackpot(recorded.round_id, player_id, bet_amount, win, now)
        if recorded.first_today:
            streaks.tick(player_id=player_id, action=ATTENDANCE, now=now)

    return Spin(
        round_id=recorded.round_id,
        bet_amount=bet_amount,
        lines=lines,
        wagered=wagered,
        win=win,
        multiplier=recorded.multiplier,
        outcome=outcome,
        free_spins_left=left,
        balance=balance,
        ticket=ticket,
    )


def _check(bet_amount: int, lines: int) -> None:
    faults = {}
    if not rules.MIN_BET <= bet_amount <= rules.MAX_BET:
        faults["bet_amount"] = [_("Bet %(least)s to %(most)s gold.") % {"least": rules.MIN_BET, "most": rules.MAX_BET}]
    if not 1 <= lines <= rules.MAX_LINES:
        faults["lines"] = [_("Play 1 to %(most)s lines.") % {"most": rules.MAX_LINES}]
    if faults:
        raise InvalidInput(faults)


def _moves(round_id: int, wagered: int, win: int) -> list[Move]:
    """The bet first: a spin that cannot be paid for is refused even if it would win."""
    reference = f"round:{round_id}"
    moves = []
    if wagered:
        moves.append(Move(Asset.GOLD, -wagered, "slot.bet", reference))
        moves.append(Move(Asset.XP, round_rules.xp_for(wagered), "play.xp", reference))
    if win:
        units = int(round_rules.is_win(wagered, win))  # the Tally's `wins` are payouts above the stake
        moves.append(Move(Asset.GOLD, win, "slot.win", reference, units=units))
    return moves


def _tell_of_jackpot(round_id: int, player_id: int, bet_amount: int, win: int, now: datetime) -> None:
    won = {
        "game": rules.GAME,
        "round_id": round_id,
        "player_id": player_id,
        "bet_amount": bet_amount,
        "win_amount": win,
    }
    webhooks.publish(event_type=EventType.JACKPOT_WON, payload=won, now=now)


def _as_record(outcome: Outcome, bet_amount: int, lines: int) -> dict:
    return {
        "stake": bet_amount,
        "lines": lines,
        "stops": outcome.stops,
        "reels": outcome.reels,
        "wins": [[win.line, win.symbol, win.count, win.multiplier] for win in outcome.wins],
        "free_spins": outcome.free_spins,
    }


def _keep_free_spins(player_id: int, left: int, bet_amount: int, lines: int, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO games_freespins (player_id, "left", bet_amount, lines, updated_at)
            VALUES (%s, %s, %s, %s, %s)
            ON CONFLICT (player_id) DO UPDATE SET "left" = excluded."left", bet_amount = excluded.bet_amount,
                lines = excluded.lines, updated_at = excluded.updated_at
            """,
            [player_id, left, bet_amount, lines, now],
        )
