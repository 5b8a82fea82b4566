"""What must hold between collected missions and rewards."""

from django.utils.translation import gettext_noop as _

from economy.reconcile.rules import Invariant
from events.missions.rules import REWARD_TYPE

INVARIANTS = (
    Invariant(
        "mission_claims_are_rewards",
        _("A collected mission has no reward, or a mission's reward was collected by nobody."),
        f"""
        SELECT c.player_id, c.mission_id, c.period, r.idempotency_key
          FROM (SELECT *, format('mission:%s:%s:%s', player_id, mission_id, to_char(period, 'YYYY-MM-DD'))
                       AS idempotency_key FROM events_missionclaim) AS c
          FULL JOIN (SELECT idempotency_key FROM user_rewards WHERE reward_type = '{REWARD_TYPE}') AS r
               USING (idempotency_key)
         WHERE c.id IS NULL OR r.idempotency_key IS NULL
        """,  # noqa: S608 - constants
    ),
)
