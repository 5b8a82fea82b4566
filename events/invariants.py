"""The invariants of the app, gathered from its features for reconcile."""

from events.battlepass import invariants as battlepass
from events.live import invariants as live
from events.missions import invariants as missions

INVARIANTS = (*live.INVARIANTS, *missions.INVARIANTS, *battlepass.INVARIANTS)
