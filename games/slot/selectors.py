"""A player's free spins."""

from dataclasses import dataclass

from games.slot.models import FreeSpins


@dataclass(frozen=True)
class Pending:
    """Free spins to be played, and at what."""

    left: int
    bet_amount: int
    lines: int


def pending_free_spins(player_id: int) -> Pending | None:
    """The free spins that the next spins will play, or None."""
    row = FreeSpins.objects.filter(player_id=player_id, left__gt=0).values_list("left", "bet_amount", "lines").first()
    return Pending(*row) if row else None
