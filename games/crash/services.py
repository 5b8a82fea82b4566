"""A flight: placed in one transaction, ended in another by whoever comes first, and exactly once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casino_club.core.errors import DomainError, InvalidInput
from casino_club.core.idempotency import Act, Stored
from economy.ledger import services as ledger
from economy.ledger.rules import Asset, Move
from economy.ledger.selectors import wallet_of
from economy.limits import services as limits
from economy.streaks import services as streaks
from economy.streaks.rules import Action
from games.crash import rules, selectors
from games.crash.rules import Status
from games.crash.selectors import Play
from games.fairness import services as fairness
from games.fairness.rules import Ticket
from games.rounds import drafts
from games.rounds import rules as round_rules
from games.rounds import selectors as tables
from games.rounds import services as rounds
from games.rounds.drafts import Once, draft_of
from games.rounds.models import Round
from games.rounds.selectors import Table
from games.rounds.services import Opened

ATTENDANCE = Action.CRASH_BET
SWEEP_BATCH = 50


class RoundOpen(DomainError):
    """`game_id` in the answer is the round that is still in the air."""

    code = "round_open"
    message = gettext_lazy("Your crane is still in the air. Cash out first, or let it fly.")


@dataclass(frozen=True, slots=True)
class Bet:
    """What a player asks for: `amount` gold, cashed out by itself at `auto_cashout` hundredths if one is given."""

    player_id: int
    amount: int
    auto_cashout: int | None


@dataclass(frozen=True, slots=True)
class Seat:
    """A round and the gold of its player, as they were at `as_of` by the database's clock."""

    play: Play
    balance: int
    as_of: datetime


def place_bet(*, player_id: int, bet_amount: int, auto_cashout: int | None, now: datetime) -> Seat:
    """Stake `bet_amount` gold on a flight, cashed out by itself at `auto_cashout` hundredths if one is given.

    The multiplier rises from the moment this transaction writes down, by the database's clock. Raises InvalidInput
    outside the table's limits, SelfLimitReached, RoundOpen while the last flight is in the air, and InsufficientGold.
    """
    bet = Bet(player_id, bet_amount, auto_cashout)
    opened = _place(bet, None, now)
    return _seat(bet, opened.ticket, opened.round_id, opened.balance, opened.started_at)


def place_bet_once(
    *,
    bet_amount: int,
    auto_cashout: int | None,
    act: Act,
    answer_of: Callable[[Seat], dict],
    table: Table | None = None,
    now: datetime,
) -> Stored:
    """The same for a request with a key: its answer is stored in the statement that places the bet.

    A `table` that was read with the session is not read again. Raises IdempotencyKeyReused as well.
    """
    bet = Bet(act.actor_id, bet_amount, auto_cashout)

    def draft(ticket: Ticket) -> str:
        return draft_of(answer_of(_seat(bet, ticket, drafts.ROUND_ID, drafts.BALANCE, drafts.STARTED_AT)))

    return _place(bet, Once(act, draft), now, table).stored


def cash_out(*, player_id: int, game_id: int, received_at: datetime) -> Seat:
    """End the player's flight at the multiplier of `received_at` (the database's clock), or as it ended before that.

    A repeat gives the same answer. Raises NotFound.
    """
    with transaction.atomic():
        gold = ledger.lock_wallet(player_id).gold
        found = selectors.round_of(player_id, game_id)
        if found.status == Round.Status.SETTLED:
            return Seat(selectors.as_play(found), gold, received_at)
        won = _settle(found, rules.elapsed_ms(found.created_at, received_at), received_at)
        return Seat(selectors.as_play(found), gold + won, received_at)


def look(*, player_id: int, game_id: int) -> Seat:
    """The round as it stands; one that is over is settled first. Raises NotFound."""
    found = selectors.round_of(player_id, game_id)
    if not found.is_due:
        return Seat(selectors.as_play(found), wallet_of(player_id).gold, found.asked_at)
    return cash_out(player_id=player_id, game_id=game_id, received_at=found.asked_at)


def sweep() -> int:
    """Settle the rounds that are over by now, batch by batch, also those that a restart has left; how many were.

    Players who are doing something right now are left alone until the next sweep: their wallets are not waited for.
    Safe to run at once. Raises an ExceptionGroup, after all the others, of flights that could not be settled.
    """
    due, settled, failures = selectors.due_players(), 0, []
    for first in range(0, len(due), SWEEP_BATCH):
        settled += _settle_apart(due[first : first + SWEEP_BATCH], failures)
    if failures:
        raise ExceptionGroup("flights that could not be settled", failures)
    return settled


def _settle_apart(player_ids: Sequence[int], failures: list[Exception]) -> int:
    """Settle them together; where that fails, each by itself, so that a flight that can't be settled holds up no other."""
    try:
        return _settle_idle(player_ids)
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one flight; raised when the others are settled
        if len(player_ids) == 1:
            failures.append(error)
            return 0
    return sum(_settle_apart([player_id], failures) for player_id in player_ids)


def _settle_idle(player_ids: Sequence[int]) -> int:
    with transaction.atomic():
        idle = ledger.lock_idle_wallets(player_ids)
        moment = selectors.database_now()
        over = selectors.open_rounds_of(idle, due_by=moment)
        for opened in over:
            _settle(opened, None, moment)
    return len(over)


def _place(bet: Bet, once: Once | None, now: datetime, table: Table | None = None) -> Opened:
    """Read the table, draw, write: two statements and no lock in between, as long as nothing is out of the ordinary."""
    _check(bet)
    table = table or _table(bet, once, now)
    if table.stored is not None:
        return Opened.again(table, once.act)
    if table.is_ordinary and (opened := _take_off(bet, table, once, now)) is not None:
        return opened
    with transaction.atomic():
        return _place_locked(bet, once, now)


def _place_locked(bet: Bet, once: Once | None, now: datetime) -> Opened:
    """The same with the wallet locked, so that nothing read can change: the last flight is settled if it is over, the
    player's own limits are looked at, the first seeds made, the day's attendance put down."""
    wallet = ledger.lock_wallet(bet.player_id)
    table = _table(bet, once, now)
    if table.stored is not None:
        return Opened.again(table, once.act)
    if table.open_round is not None:
        _settle_last(bet.player_id)
    limits.check(wallet, stake=bet.amount, now=now)
    if table.ticket is None:
        fairness.ensure_pair(player_id=bet.player_id, now=now)
        table = _table(bet, once, now)
    opened = _take_off(bet, table, once, now)
    if not table.attended:
        streaks.tick(player_id=bet.player_id, action=ATTENDANCE, now=now)
    return opened


def _table(bet: Bet, once: Once | None, now: datetime) -> Table:
    return tables.table_of(bet.player_id, action=ATTENDANCE, key=once and once.act.key, now=now)


def _take_off(bet: Bet, table: Table, once: Once | None, now: datetime) -> Opened | None:
    """Draw and write the flight down, paid; None when the table is no longer as it was read."""
    odds = rules.CURRENT
    flight = rules.flight_of(rules.crash_point_of(table.ticket.draw, odds), bet.auto_cashout, odds)
    return rounds.open_round(
        table=table,
        game=rules.GAME,
        bet=bet.amount,
        odds_version=odds.version,
        outcome={"auto_cashout": bet.auto_cashout},
        lasts_ms=flight.ends_ms,
        once=once,
        now=now,
    )


def _settle_last(player_id: int) -> None:
    """With the wallet locked: settle the player's last flight if it is over. Raises RoundOpen if it is not."""
    last, moment = selectors.open_round_of(player_id), selectors.database_now()
    if moment < last.due_at:
        raise RoundOpen(extra={"game_id": last.pk})
    _settle(last, None, moment)


def _settle(opened: Round, elapsed_ms: int | None, moment: datetime) -> int:
    """With the wallet locked and the round seen open since: end it, count it, pay it. The gold that was paid."""
    odds = rules.ODDS[opened.odds_version]
    crash_point = rules.crash_point_of(fairness.draw_again(opened.seed_pair, opened.nonce), odds)
    flight = rules.flight_of(crash_point, opened.outcome["auto_cashout"], odds)
    ending = rules.ending_of(flight, elapsed_ms)
    opened.win, opened.multiplier = rules.payout_for(opened.bet, ending.multiplier), ending.multiplier
    opened.outcome |= {"status": ending.status, "crash_point": crash_point, "at_ms": ending.at_ms}
    opened.status, opened.settled_at = Round.Status.SETTLED, max(moment, opened.created_at)
    rounds.settle(opened)
    if opened.win:
        units = int(round_rules.is_win(opened.bet, opened.win))  # the Tally's `wins` are payouts above the stake
        move = Move(Asset.GOLD, opened.win, "crash.win", f"round:{opened.pk}", units=units)
        ledger.post(opened.player_id, [move], now=opened.settled_at)
    return opened.win


def _seat(bet: Bet, ticket: Ticket, game_id: int, balance: int, started_at: datetime) -> Seat:
    """A bet that was just placed."""
    play = Play(
        game_id=game_id,
        bet=bet.amount,
        auto_cashout=bet.auto_cashout,
        status=Status.PLACED,
        multiplier=0,
        win=0,
        crash_point=None,
        at_ms=None,
        started_at=started_at,
        server_seed_hash=ticket.server_seed_hash,
        client_seed=ticket.client_seed,
        nonce=ticket.nonce,
    )
    return Seat(play, balance, started_at)


def _check(bet: Bet) -> None:
    faults = {}
    if not rules.MIN_BET <= bet.amount <= rules.MAX_BET:
        faults["bet_amount"] = [_("Bet %(least)s to %(most)s gold.") % {"least": rules.MIN_BET, "most": rules.MAX_BET}]
    if bet.auto_cashout is not None and not rules.LEAST_TARGET <= bet.auto_cashout <= rules.CURRENT.max_multiplier:
        faults["auto_cashout_multiplier"] = [_("Choose 1.01× to 1,000×.")]
    if faults:
        raise InvalidInput(faults)
