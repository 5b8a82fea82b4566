"""What a player holds, what moved, and what moved within a window of time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from casino_club.core import clock
from economy.ledger.models import Entry, Wallet
from economy.ledger.rules import Account, Asset, Level, Sum, Window, level_of, reasons_of, sum_of

_SUMS = """
    SELECT w.position, part.reason, sum(part.entries)::bigint, sum(part.units)::bigint, sum(part.amount)
      FROM unnest(%(head_start)s::timestamptz[], %(head_end)s::timestamptz[], %(first)s::timestamptz[],
                  %(last)s::timestamptz[], %(tail_start)s::timestamptz[], %(tail_end)s::timestamptz[]) WITH ORDINALITY
           AS w (head_start, head_end, first_hour, last_hour, tail_start, tail_end, position)
     CROSS JOIN LATERAL (
           SELECT reason, entries, units, amount FROM economy_tally
            WHERE player_id = %(player)s AND asset = %(asset)s {only}
              AND hour >= w.first_hour AND hour < w.last_hour
           UNION ALL
           SELECT reason, 1, units, amount FROM economy_entry
            WHERE player_id = %(player)s AND asset = %(asset)s {only}
              AND created_at >= w.head_start AND created_at < w.head_end
           UNION ALL
           SELECT reason, 1, units, amount FROM economy_entry
            WHERE player_id = %(player)s AND asset = %(asset)s {only}
              AND created_at >= w.tail_start AND created_at < w.tail_end
           ) AS part
     GROUP BY w.position, part.reason
"""
# Two statements, so that a list of reasons always is one range of the index each.
_SUMS_OF_ALL = _SUMS.format(only="")
_SUMS_OF_REASONS = _SUMS.format(only="AND reason = ANY(%(reasons)s)")


@dataclass(frozen=True, slots=True)
class WalletView:
    """What a player holds, with the level that the XP stands for; nothing, where the account is no player's."""

    gold: int
    gems: int
    xp: int
    vip_points: int
    level: Level
    is_open: bool = True


def wallet_of(user_id: int) -> WalletView:
    """What the account holds; nothing, where it has no wallet (an operator who never played)."""
    row = Wallet.objects.filter(player_id=user_id).values_list("gold", "gems", "xp", "vip_points").first()
    gold, gems, xp, vip_points = row or (0, 0, 0, 0)
    return WalletView(gold, gems, xp, vip_points, level_of(xp), is_open=row is not None)


def entries_of(
    player_id: int, *, asset: Asset | None = None, reason: str | None = None, since: datetime | None = None
) -> QuerySet[Entry]:
    """A player's entries, unordered; keyset key (-created_at, -id)."""
    entries = Entry.objects.filter(player_id=player_id)
    if asset is not None:
        entries = entries.filter(asset=asset)
    if reason is not None:
        entries = entries.filter(reason=reason)
    if since is not None:
        entries = entries.filter(created_at__gte=since)
    return entries


def sums(
    player_id: int, windows: Sequence[Window], asset: Asset, reasons: Collection[str] | None = None
) -> list[dict[str, Sum]]:
    """For each window, what moved by reason (all reasons when None), exact to the microsecond; one statement.

    Whole hours come from the Tally, the at most two edges of each window from entries.
    """
    parts = [window.parts() for window in windows]
    parameters = {
        "player": player_id,
        "asset": asset.value,
        "reasons": list(reasons or ()),
        "head_start": [part.head_start for part in parts],
        "head_end": [part.head_end for part in parts],
        "first": [part.first_hour for part in parts],
        "last": [part.last_hour for part in parts],
        "tail_start": [part.tail_start for part in parts],
        "tail_end": [part.tail_end for part in parts],
    }
    found: list[dict[str, Sum]] = [{} for _ in windows]
    with connection.cursor() as cursor:
        cursor.execute(_SUMS_OF_ALL if reasons is None else _SUMS_OF_REASONS, parameters)
        for position, reason, entries, units, amount in cursor:
            found[position - 1][reason] = Sum(entries, units, int(amount))
    return found


def total(player_id: int, window: Window, asset: Asset, reasons: Collection[str] | None = None) -> Sum:
    """What moved within one window, all of `reasons` together; exact to the microsecond."""
    return sum_of(sums(player_id, [window], asset, reasons)[0].values())


@dataclass(frozen=True, slots=True)
class Day:
    """A game day in gold, netted by reason: staked and won against the house, received and spent otherwise."""

    date: date
    wagered: int
    won: int
    received: int
    spent: int

    @property
    def profit(self) -> int:
        """What the player won from the house; negative when the house won."""
        return self.won - self.wagered

    @property
    def net(self) -> int:
        """The change of the balance over the day."""
        return self.profit + self.received - self.spent


def days_of(player_id: int, *, days: int, now: datetime) -> list[Day]:
    """The player's last `days` game days in gold, the latest first, today included."""
    today = clock.game_date(now)
    dates = [today - timedelta(days=offset) for offset in range(days)]
    windows = [Window(clock.game_day_start(day), clock.game_day_start(day + timedelta(days=1))) for day in dates]
    house = set(reasons_of(Account.HOUSE))
    found = []
    for day, by_reason in zip(dates, sums(player_id, windows, Asset.GOLD), strict=True):
        played = [part.amount for reason, part in by_reason.items() if reason in house]
        other = [part.amount for reason, part in by_reason.items() if reason not in house]
        found.append(
            Day(
                date=day,
                wagered=-sum(amount for amount in played if amount < 0),
                won=sum(amount for amount in played if amount > 0),
                received=sum(amount for amount in other if amount > 0),
                spent=-sum(amount for amount in other if amount < 0),
            )
        )
    return found
