"""What may be known of a player's seed pairs: commitments always, seeds only once revealed."""

from dataclasses import dataclass
from datetime import datetime

from games.fairness.models import SeedPair


@dataclass(frozen=True)
class ActivePair:
    """The pair the next round will use, without its secret."""

    server_seed_hash: str
    client_seed: str
    next_nonce: int


@dataclass(frozen=True)
class RevealedPair:
    """A pair of the past, open to everybody who wants to check its rounds."""

    id: int
    server_seed: str
    server_seed_hash: str
    client_seed: str
    rounds: int
    revealed_at: datetime


def active_pair(player_id: int) -> ActivePair | None:
    """The player's active pair, or None before the first look or round."""
    row = (
        SeedPair.objects.filter(player_id=player_id, revealed_at__isnull=True)
        .values_list("server_seed_hash", "client_seed", "next_nonce")
        .first()
    )
    return ActivePair(*row) if row else None


def last_revealed(player_id: int) -> RevealedPair | None:
    """The pair the player revealed last, with its server seed in hex."""
    return next(iter(revealed_pairs(player_id, limit=1)), None)


def revealed_pairs(player_id: int, *, limit: int) -> list[RevealedPair]:
    """The player's revealed pairs, the latest first."""
    pairs = SeedPair.objects.filter(player_id=player_id, revealed_at__isnull=False).order_by("-id")
    return [_revealed(pair) for pair in pairs[:limit]]


def _revealed(pair: SeedPair) -> RevealedPair:
    return RevealedPair(
        id=pair.pk,
        server_seed=pair.revealed_server_seed,
        server_seed_hash=pair.server_seed_hash,
        client_seed=pair.client_seed,
        rounds=pair.next_nonce,
        revealed_at=pair.revealed_at,
    )
