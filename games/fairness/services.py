"""One active seed pair a player: made when first needed, counted up by each draw, revealed by rotation."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from casino_club.core import metrics
from casino_club.core.errors import DomainError, InvalidInput
from casino_club.core.sql import one
from economy.ledger import services as ledger
from games.fairness import rules, selectors
from games.fairness.models import SeedPair
from games.fairness.rules import Ticket
from games.fairness.selectors import ActivePair, RevealedPair

_pairs = metrics.counter("seed_pairs_total", "Seed pairs revealed, each for a new one.")


class RoundOpen(DomainError):
    code = "round_open"
    message = _("Finish your open round first, then change the seeds.")


def next_draw(*, player_id: int, now: datetime) -> Ticket:
    """Take the next nonce of the player's active pair, in the caller's transaction: rolled back, it is free again."""
    row = _take_nonce(player_id)
    if row is None:
        ensure_pair(player_id=player_id, now=now)
        row = _take_nonce(player_id)
    pair_id, server_seed, server_seed_hash, client_seed, nonce = row
    draw = rules.Draw(bytes(server_seed), client_seed, nonce)
    return Ticket(pair_id, server_seed_hash, client_seed, nonce, draw)


def draw_again(pair: SeedPair, nonce: int) -> rules.Draw:
    """The draw of a nonce that was taken before, for a round that is settled after it was drawn."""
    return rules.Draw(bytes(pair.server_seed), pair.client_seed, nonce)


def ensure_pair(*, player_id: int, now: datetime) -> ActivePair:
    """The player's active pair, made now if there is none, so that its commitment is known before the first round."""
    found = selectors.active_pair(player_id)
    if found is None:
        _make_pair(player_id, rules.new_client_seed(), now)
        found = selectors.active_pair(player_id)
    return found


@transaction.atomic
def rotate(*, player_id: int, client_seed: str | None = None, now: datetime) -> tuple[RevealedPair, ActivePair]:
    """Reveal the active pair and begin a new one, with the client seed given or a random one.

    Free spins still to be played do not stand in the way: nothing of them is drawn yet. Raises InvalidInput for a
    client seed of another form, RoundOpen while a round drawn from the pair is not settled.
    """
    if client_seed is not None and not rules.CLIENT_SEED.fullmatch(client_seed):
        raise InvalidInput({"client_seed": [_("Use 1 to 64 letters, digits, - or _.")]})
    ledger.lock_wallet(player_id)
    ensure_pair(player_id=player_id, now=now)
    old = SeedPair.objects.select_for_update().get(player_id=player_id, revealed_at__isnull=True)
    if old.rounds.filter(status="open").exists():
        raise RoundOpen
    SeedPair.objects.filter(pk=old.pk).update(revealed_at=now)
    metrics.committed(_pairs)
    _make_pair(player_id, client_seed or rules.new_client_seed(), now)
    return selectors.last_revealed(player_id), selectors.active_pair(player_id)


def _take_nonce(player_id: int) -> tuple | None:
    return one(
        """
        UPDATE games_seedpair SET next_nonce = next_nonce + 1
        WHERE player_id = %s AND revealed_at IS NULL
        RETURNING id, server_seed, server_seed_hash, client_seed, next_nonce - 1
        """,
        [player_id],
    )


def _make_pair(player_id: int, client_seed: str, now: datetime) -> None:
    """Insert an active pair unless another request just did."""
    server_seed = rules.new_server_seed()
    SeedPair.objects.bulk_create(
        [
            SeedPair(
                player_id=player_id,
                server_seed=server_seed,
                server_seed_hash=rules.commitment(server_seed),
                client_seed=client_seed,
                created_at=now,
            )
        ],
        ignore_conflicts=True,
    )
