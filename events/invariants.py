"""The invariants of the app, gathered from its features for reconcile."""

from events.live import invariants as live

INVARIANTS = live.INVARIANTS
