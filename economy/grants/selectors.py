"""What operators gave, read."""

from datetime import datetime, timedelta

from django.db.models import Sum

from economy.grants.models import OperatorGrant
from economy.grants.rules import ASSETS

LATELY = timedelta(hours=24)


def given_alone(*, operator_id: int, player_id: int, now: datetime) -> dict[str, int]:
    """What the operator gave the player in the last 24 hours without a second operator."""
    rows = OperatorGrant.objects.filter(
        player_id=player_id, operator_id=operator_id, approval__isnull=True, created_at__gt=now - LATELY
    )
    sums = rows.aggregate(**{name: Sum(name) for name in ASSETS})
    return {name: int(amount or 0) for name, amount in sums.items()}
