"""Money has one verb: `post`. It moves what a player holds, once for each reference, or nothing at all."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_lazy as _

from casino_club.core.errors import DomainError
from economy.ledger.models import Wallet
from economy.ledger.rules import BIGINT_MAX, Balances, Move

_POST = """
    SELECT ids, balances, existing, gold, gems, xp, vip_points
      FROM ledger_post(%s::bigint, %s::text[], %s::bigint[], %s::text[], %s::text[], %s::integer[], %s::jsonb[],
                       %s::timestamptz)
"""


class InsufficientGold(DomainError):
    code = "insufficient_gold"
    message = _("You don't have enough gold.")


class InsufficientGems(DomainError):
    code = "insufficient_gems"
    message = _("You don't have enough gems.")


class InsufficientXp(DomainError):
    code = "insufficient_xp"
    message = _("There isn't enough XP for that.")


class InsufficientVipPoints(DomainError):
    code = "insufficient_vip_points"
    message = _("You don't have enough VIP points.")


class LedgerConflict(DomainError):
    """The reference was posted before with another amount, or only a part of these moves was."""

    code = "ledger_conflict"
    message = _("This was already booked with other amounts.")


class BalanceOverflow(DomainError):
    code = "balance_overflow"
    message = _("That is more than a wallet can hold.")


class WalletMissing(DomainError):
    """The account never went through onboarding (an operator's account may have no wallet)."""

    code = "wallet_missing"
    message = _("This account has no wallet.")


_REFUSALS: dict[str, type[DomainError]] = {
    "CL001": InsufficientGold,
    "CL002": InsufficientGems,
    "CL003": InsufficientXp,
    "CL004": InsufficientVipPoints,
    "CL404": WalletMissing,
    "CL409": LedgerConflict,
    "22003": BalanceOverflow,  # numeric_value_out_of_range
}


@dataclass(frozen=True, slots=True)
class Posted:
    """A move as it stands in the ledger."""

    id: int
    move: Move
    balance_after: int


@dataclass(frozen=True, slots=True)
class Posting:
    """What a post did: its entries in the moves' order, the balances that stand now, and whether it is a repeat."""

    entries: tuple[Posted, ...]
    balances: Balances
    existing: bool


def post(player_id: int, moves: Sequence[Move], *, now: datetime) -> Posting:
    """Book `moves` of one player, in their order, in one SQL statement; a repeat of all of them gives what exists.

    Locks the wallet; no balance may be negative after any of the moves. Runs only inside the caller's transaction,
    which can only be rolled back after a refusal. Raises InsufficientGold, InsufficientGems, InsufficientXp,
    InsufficientVipPoints, LedgerConflict, BalanceOverflow, WalletMissing.
    """
    _demand_transaction()
    if not moves:
        raise ValueError("Nothing to post.")
    if any(abs(move.amount) > BIGINT_MAX for move in moves):
        raise BalanceOverflow
    if len({(move.asset, move.reason, move.reference) for move in moves}) != len(moves):
        raise ValueError("Two moves of one posting have the same asset, reason and reference.")
    parameters = [
        player_id,
        [move.asset.value for move in moves],
        [move.amount for move in moves],
        [move.reason for move in moves],
        [move.reference for move in moves],
        [move.units for move in moves],
        [json.dumps(move.metadata) if move.metadata else "{}" for move in moves],
        now,
    ]
    try:
        with connection.cursor() as cursor:
            cursor.execute(_POST, parameters)
            ids, balances, existing, *held = cursor.fetchone()
    except DatabaseError as error:
        refusal = _REFUSALS.get(getattr(error.__cause__, "sqlstate", None))
        if refusal is None:
            raise
        raise refusal from error
    entries = tuple(Posted(*row) for row in zip(ids, moves, balances, strict=True))
    return Posting(entries, Balances(*held), existing)


def lock_wallet(player_id: int) -> Wallet:
    """Take the player's mutex until the transaction ends. Raises WalletMissing."""
    _demand_transaction()
    wallet = Wallet.objects.select_for_update(no_key=True).filter(player_id=player_id).first()
    if wallet is None:
        raise WalletMissing
    return wallet


def lock_wallets(player_ids: Sequence[int]) -> dict[int, Wallet]:
    """Take the mutexes of several players, in the one order that cannot deadlock. Raises WalletMissing."""
    _demand_transaction()
    wanted = set(player_ids)
    wallets = Wallet.objects.select_for_update(no_key=True).filter(player_id__in=wanted).order_by("player_id")
    found = {wallet.player_id: wallet for wallet in wallets}
    if found.keys() != wanted:
        raise WalletMissing
    return found


def lock_idle_wallets(player_ids: Sequence[int]) -> set[int]:
    """Take the mutexes that nobody holds right now; whose they are. For jobs, which leave the others to their holders."""
    _demand_transaction()
    wallets = Wallet.objects.select_for_update(no_key=True, skip_locked=True).filter(player_id__in=player_ids)
    return set(wallets.values_list("player_id", flat=True))


def _demand_transaction() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("The ledger is written inside the caller's transaction only.")
