"""A player's own rounds, and what a player brings to the table before the next one."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from casino_club.core import clock
from casino_club.core.errors import NotFound
from casino_club.core.idempotency import KEPT_FOR, Act, Stored
from casino_club.core.sql import prepared
from economy.streaks.rules import Action
from economy.streaks.selectors import ATTENDED
from games.fairness.rules import Draw, Ticket
from games.rounds.models import Round

_TABLE = f"""
SELECT coalesce(w.limited, false), {ATTENDED.format(player="p.id")}, o.id,
       r.fingerprint, r.status, r.body, s.id, s.server_seed, s.server_seed_hash, s.client_seed, s.next_nonce
  FROM (SELECT %(player)s::bigint AS id) AS p
  LEFT JOIN economy_wallet AS w ON w.player_id = p.id
  LEFT JOIN games_round AS o ON o.player_id = p.id AND o.status = 'open'
  LEFT JOIN games_seedpair AS s ON s.player_id = p.id AND s.revealed_at IS NULL
  LEFT JOIN core_idempotencyrecord AS r
         ON r.actor_id = p.id AND r.key = %(key)s AND r.created_at >= %(forgotten)s
"""  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class Table:
    """What stands before a round: read without a lock, so whoever writes the round checks that it still holds.

    `ticket` is the next draw (None before the first round), `open_round` the one not settled yet, `stored` the answer
    that the act got before, `mark` for what it got it.
    """

    player_id: int
    limited: bool
    attended: bool
    open_round: int | None
    mark: str | None
    stored: Stored | None
    ticket: Ticket | None

    @property
    def is_ordinary(self) -> bool:
        """Whether a round may begin as it is: nothing to settle, to look at, to make or to tick first."""
        return self.attended and not self.limited and self.ticket is not None and self.open_round is None


def table_of(player_id: int, *, action: Action, act: Act | None, now: datetime) -> Table:
    """The player's table in one statement, the same without a wallet; `action` is what the game counts as attendance."""
    with prepared() as cursor:
        cursor.execute(
            _TABLE,
            {
                "player": player_id,
                "action": action.value,
                "day": clock.game_date(now),
                "key": act and act.key,
                "forgotten": now - KEPT_FOR,
            },
        )
        row = cursor.fetchone()
    return _table(player_id, *row)


def _table(
    player_id: int,
    limited: bool,
    attended: bool,
    open_round: int | None,
    mark: str | None,
    status: int | None,
    body: str | None,
    pair_id: int | None,
    server_seed: bytes,
    server_seed_hash: str,
    client_seed: str,
    nonce: int,
) -> Table:
    return Table(
        player_id=player_id,
        limited=limited,
        attended=attended,
        open_round=open_round,
        mark=mark,
        stored=mark and Stored(status, body.encode(), hit=True),
        ticket=pair_id and Ticket(pair_id, server_seed_hash, client_seed, nonce, Draw(server_seed, client_seed, nonce)),
    )


def history_of(
    player_id: int, *, game: str | None = None, since: datetime | None = None, seed_pair: int | None = None
) -> QuerySet[Round]:
    """A player's settled rounds, unordered; keyset key (-id,)."""
    rounds = Round.objects.filter(player_id=player_id, status=Round.Status.SETTLED)
    if game is not None:
        rounds = rounds.filter(game=game)
    if since is not None:
        rounds = rounds.filter(created_at__gte=since)
    if seed_pair is not None:
        rounds = rounds.filter(seed_pair_id=seed_pair)
    return rounds


def round_of(player_id: int, round_id: int) -> Round:
    """One settled round of the player with its seed pair. Raises NotFound, for other people's rounds as well."""
    found = history_of(player_id).select_related("seed_pair").filter(pk=round_id).first()
    if found is None:
        raise NotFound
    return found
