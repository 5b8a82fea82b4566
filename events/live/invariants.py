"""What must hold between events, their counts and their rewards."""

from django.utils.translation import gettext_noop as _

from economy.reconcile.rules import Invariant
from events.live.rules import REWARD_TYPE, SHARDS

INVARIANTS = (
    Invariant(
        "event_counts_are_participations",
        _("An event's counts differ from its participations."),
        f"""
        SELECT event_id, shard, c.joined, p.joined AS joined_rows, c.completed, p.completed AS completed_rows,
               c.claimed, p.claimed AS claimed_rows
          FROM events_eventcount AS c
          FULL JOIN (SELECT event_id, (player_id % {SHARDS})::smallint AS shard, count(*) AS joined,
                            count(completed_at) AS completed, count(claimed_at) AS claimed
                       FROM events_participation GROUP BY 1, 2) AS p USING (event_id, shard)
         WHERE (c.joined, c.completed, c.claimed) IS DISTINCT FROM (p.joined, p.completed, p.claimed)
        """,  # noqa: S608 - constants
    ),
    Invariant(
        "claimed_events_are_rewards",
        _("A collected event has no reward, or a reward of another size, or there is a reward that nobody collected."),
        f"""
        SELECT p.event_id, p.player_id, r.idempotency_key, e.gold, r.gold_amount
          FROM (SELECT event_id, player_id, format('event:%s:%s', player_id, event_id) AS idempotency_key
                  FROM events_participation WHERE claimed_at IS NOT NULL) AS p
          FULL JOIN (SELECT * FROM user_rewards WHERE reward_type = '{REWARD_TYPE}'
                       AND idempotency_key LIKE 'event:%') AS r USING (idempotency_key)
          LEFT JOIN events_event AS e ON e.id = p.event_id
         WHERE (e.gold, e.gems, e.exp, e.vip_points, p.player_id)
               IS DISTINCT FROM (r.gold_amount, r.gem_amount, r.xp_amount, r.vip_points, r.user_id)
        """,  # noqa: S608 - constants
    ),
)
