"""What a browser may tell about itself: names by pattern, a few small facts each, and which of them are counted apart."""

import re
from collections.abc import Mapping
from datetime import timedelta

MOST_ITEMS = 50
MOST_BYTES = 32 * 1024
NAME = re.compile(r"events\.[a-z][a-z0-9_]{1,47}")
MOST_FACTS = 8
MOST_CHARACTERS = 100
KEPT_FOR = timedelta(days=30)

SAMPLED = {"events.fetch_start": 5}
"""One in so many is kept, each standing for that many."""

KNOWN = frozenset(
    f"events.{action}"
    for action in (
        *("fetch_start", "fetch_skip"),
        *("fetch_events_success", "fetch_missions_success", "fetch_home_success"),
        *("fetch_events_error", "fetch_missions_error", "fetch_home_error"),
        *("event_join_success", "event_join_error", "event_claim_success", "event_claim_error"),
        *("mission_claim_success", "mission_claim_error", "pass_claim_success", "pass_claim_error"),
    )
)
OTHER = "other"


def label_of(name: str) -> str:
    """The name as a label of a metric: one of a fixed few, so that no client can make series."""
    return name if name in KNOWN else OTHER


def is_kept(name: str, chance: float) -> bool:
    """Whether an event is kept: `chance` is a fresh random number in [0, 1)."""
    return chance * SAMPLED.get(name, 1) < 1


def are_facts(meta: object) -> bool:
    """Whether `meta` is a flat object of at most 8 short facts (texts up to 100 characters, numbers, booleans, null)."""
    return (
        isinstance(meta, Mapping)
        and len(meta) <= MOST_FACTS
        and all(_is_fact(key) and _is_fact(value) for key, value in meta.items())
    )


def _is_fact(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= MOST_CHARACTERS and "\0" not in value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return abs(value) < 10**15
    return value is None or isinstance(value, bool)
