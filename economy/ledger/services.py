"""Money has one verb: `post`. It moves what a player holds, once for each reference, or nothing at all."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_lazy as _
from prometheus_client import Counter

from casino_club.core import metrics
from casino_club.core.errors import DomainError
from casino_club.core.sql import one
from economy.ledger.models import Wallet
from economy.ledger.rules import BIGINT_MAX, Balances, Move

_entries = metrics.counter("ledger_entries_total", "Entries booked.", ["reason"])

_POST = """
    SELECT ids, balances, existing, gold, gems, xp, vip_points
      FROM ledger_post(%s::bigint, %s::text[], %s::bigint[], %s::text[], %s::text[], %s::integer[], %s::jsonb[],
                       %s::timestamptz)
"""
# Every act of a player begins with it: written out, because building it anew costs more than asking it.
_WALLET = [field.attname for field in Wallet._meta.concrete_fields]
_LOCK = f"""
    SELECT {", ".join(_WALLET)} FROM economy_wallet WHERE player_id = %s FOR NO KEY UPDATE
"""  # noqa: S608 - the model's own names

_DROP_TALLY = """
    DELETE FROM economy_tally AS t
     WHERE t.player_id = ANY(%(players)s)
       AND NOT EXISTS (SELECT 1 FROM economy_entry AS e
                        WHERE e.player_id = t.player_id AND e.asset = t.asset AND e.reason = t.reason
                          AND e.created_at >= t.hour AND e.created_at < t.hour + interval '1 hour')
"""
_SUM_TALLY = """
    INSERT INTO economy_tally AS t (player_id, asset, reason, hour, entries, units, amount)
    SELECT player_id, asset, reason, date_trunc('hour', created_at, 'UTC'), count(*), sum(units), sum(amount)
      FROM economy_entry WHERE player_id = ANY(%(players)s) GROUP BY 1, 2, 3, 4
    ON CONFLICT ON CONSTRAINT tally_once_per_hour DO UPDATE
       SET entries = excluded.entries, units = excluded.units, amount = excluded.amount
     WHERE (t.entries, t.units, t.amount) IS DISTINCT FROM (excluded.entries, excluded.units, excluded.amount)
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
    with refusals():
        ids, balances, existing, *held = one(_POST, parameters)
    if not existing:
        metrics.committed(*booked(*parameters[3]))
    entries = tuple(Posted(*row) for row in zip(ids, moves, balances, strict=True))
    return Posting(entries, Balances(*held), existing)


def booked(*reasons: str) -> list[Counter]:
    """What counts an entry of each of these reasons; for statements that call `ledger_post` themselves as well."""
    return [_entries.labels(reason) for reason in reasons]


@contextmanager
def refusals() -> Iterator[None]:
    """What the database refuses in the ledger's name becomes the refusal; for statements that call `ledger_post`."""
    try:
        yield
    except DatabaseError as error:
        refusal = _REFUSALS.get(getattr(error.__cause__, "sqlstate", None))
        if refusal is None:
            raise
        raise refusal from error


def lock_wallet(player_id: int) -> Wallet:
    """Take the player's mutex until the transaction ends. Raises WalletMissing."""
    _demand_transaction()
    row = one(_LOCK, [player_id])
    if row is None:
        raise WalletMissing
    return Wallet.from_db(connection.alias, _WALLET, row)


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
    """Take the mutexes that nobody holds right now; whose they are. Jobs leave the others to their holders."""
    _demand_transaction()
    wallets = Wallet.objects.select_for_update(no_key=True, skip_locked=True).filter(player_id__in=player_ids)
    return set(wallets.values_list("player_id", flat=True))


def rebuild_tally(player_ids: Sequence[int]) -> int:
    """Sum these players' entries into the Tally anew; how many of its rows were wrong. Raises WalletMissing."""
    lock_wallets(player_ids)
    with connection.cursor() as cursor:
        cursor.execute(_DROP_TALLY, {"players": list(player_ids)})
        dropped = cursor.rowcount
        cursor.execute(_SUM_TALLY, {"players": list(player_ids)})
        return dropped + cursor.rowcount


def _demand_transaction() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("The ledger is written inside the caller's transaction only.")
