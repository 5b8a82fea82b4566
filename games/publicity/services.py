"""A player decides whether others see their name."""

from datetime import datetime

from casino_club.core import metrics
from games.publicity.models import HiddenName

_acts = metrics.counter("name_publicity_acts_total", "Decisions of players on who sees their names.", ["act"])


def set_hidden(*, player_id: int, hidden: bool, now: datetime) -> bool:
    """Hide the player's name from now on, or show it again; what stands then. A repeat changes nothing."""
    if hidden:
        HiddenName.objects.bulk_create([HiddenName(player_id=player_id, hidden_at=now)], ignore_conflicts=True)
    else:
        HiddenName.objects.filter(player_id=player_id).delete()
    metrics.committed(_acts.labels("hidden" if hidden else "shown"))
    return hidden
