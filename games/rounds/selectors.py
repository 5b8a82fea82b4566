"""A player's own rounds, and what a player brings to the table before the next one."""

import uuid
from dataclasses import dataclass, fields
from datetime import datetime

from django.db.models import QuerySet

from accounts.sessions.selectors import LIVE, LiveSession
from casino_club.core import clock
from casino_club.core.errors import NotFound
from casino_club.core.idempotency import KEPT_FOR, Stored
from casino_club.core.sql import one
from economy.streaks.rules import Action
from economy.streaks.selectors import ATTENDED
from games.fairness.rules import Draw, Ticket
from games.rounds.models import Game, Round

# Of the player in `{player}`, a table with an `id`.
_TABLE = f"""
SELECT coalesce(w.limited, false), {ATTENDED.format(player="p.id")}, o.id, r.fingerprint, r.status, r.body,
       t.id, t.server_seed, t.server_seed_hash, t.client_seed, t.next_nonce, p.*
  FROM ({{player}}) AS p
  LEFT JOIN economy_wallet AS w ON w.player_id = p.id
  LEFT JOIN games_round AS o ON o.player_id = p.id AND o.status = 'open'
  LEFT JOIN games_seedpair AS t ON t.player_id = p.id AND t.revealed_at IS NULL
  LEFT JOIN core_idempotencyrecord AS r
         ON r.actor_id = p.id AND r.key = %(key)s AND r.created_at >= %(forgotten)s
"""  # noqa: S608 - a constant
_TABLE_OF_PLAYER = _TABLE.format(player="SELECT %(player)s::bigint AS id")
_TABLE_OF_SESSION = _TABLE.format(player=LIVE)
_LIVE_COLUMNS = len(fields(LiveSession))


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


def table_of(player_id: int, *, action: Action, key: str | None, now: datetime) -> Table:
    """The player's table in one statement, the same without a wallet.

    `action` is what the game counts as attendance, `key` that of an act which may have its answer already.
    """
    *columns, player_id = _ask(_TABLE_OF_PLAYER, {"player": player_id}, action, key, now)
    return _table(player_id, *columns)


def table_of_session(
    session_id: uuid.UUID, *, action: Action, key: str | None, now: datetime
) -> tuple[LiveSession, Table] | None:
    """The same for the player of a session, which is read with it; None when it is not, or no longer, alive."""
    row = _ask(_TABLE_OF_SESSION, {"session": session_id}, action, key, now)
    if row is None:
        return None
    table, session = row[:-_LIVE_COLUMNS], row[-_LIVE_COLUMNS:]
    *columns, player_id = table
    return LiveSession(*session), _table(player_id, *columns)


def _ask(sql: str, whom: dict, action: Action, key: str | None, now: datetime) -> tuple | None:
    asked = {
        "action": action.value,
        "day": clock.game_date(now),
        "key": key,
        "now": now,
        "forgotten": now - KEPT_FOR,
    }
    return one(sql, whom | asked)


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


def pull_before(found: Round) -> Round | None:
    """The player's pull on the same banner before this one, which left the pity that this one began with."""
    if found.game != Game.GACHA:
        return None
    pulls = Round.objects.filter(player_id=found.player_id, game=Game.GACHA, pk__lt=found.pk)
    return pulls.filter(outcome__banner=found.outcome["banner"]).order_by("-pk").first()
