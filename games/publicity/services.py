"""A player decides whether others see their name."""

from datetime import datetime

from games.publicity.models import HiddenName


def set_hidden(*, player_id: int, hidden: bool, now: datetime) -> bool:
    """Hide the player's name from now on, or show it again; what stands then. A repeat changes nothing."""
    if hidden:
        HiddenName.objects.bulk_create([HiddenName(player_id=player_id, hidden_at=now)], ignore_conflicts=True)
    else:
        HiddenName.objects.filter(player_id=player_id).delete()
    return hidden
