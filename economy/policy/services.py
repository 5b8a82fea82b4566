"""Publishing a version of the policy that reduces special rewards."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from casino_club.core import audit, metrics
from casino_club.core.errors import InvalidInput
from economy.policy.models import RewardPolicy
from economy.policy.rules import faults_of
from economy.policy.selectors import current

_published = metrics.counter("reward_policies_published_total", "Versions of the policy of special rewards.")


def publish(
    *, widths: Sequence[int], percents: Sequence[int], cap: int, reason: str, operator_id: int | None, now: datetime
) -> RewardPolicy:
    """Put a new version in force for every special reward from now on; older versions stay as they were.

    Raises InvalidInput.
    """
    faults = faults_of(list(widths), list(percents), cap)
    if not reason.strip():
        faults["reason"] = [_("Say why.")]
    if faults:
        raise InvalidInput(faults)
    with transaction.atomic(), audit.acting(operator_id=operator_id, reason=reason):
        with connection.cursor() as cursor:
            # Two operators at once make two versions, one after the other; readers go on.
            cursor.execute("LOCK TABLE economy_rewardpolicy IN SHARE ROW EXCLUSIVE MODE")
        metrics.committed(_published)
        return RewardPolicy.objects.create(
            version=current().version + 1,
            widths=list(widths),
            percents=list(percents),
            cap=cap,
            reason=reason.strip(),
            created_by_id=operator_id,
            created_at=now,
        )
