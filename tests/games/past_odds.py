"""A version of every game's odds that was in force before the current one, to play by and to look back on."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from unittest.mock import patch

from games.crash import rules as crash
from games.rps import rules as rps
from games.slot import rules as slot

SINCE = date(2025, 1, 1)
PAST = {
    # Every card pays twice as much and the free spins are fewer; reels 1 and 5 have changed places.
    slot: replace(
        slot.CURRENT,
        version="slot-2025-01-01",
        effective_from=SINCE,
        free_spins=5,
        paytable={card: tuple(2 * pays for pays in prices) for card, prices in slot.CURRENT.paytable.items()},
        strips=tuple(reversed(slot.CURRENT.strips)),
    ),
    crash: replace(
        crash.CURRENT, version="crash-2025-01-01", effective_from=SINCE, return_hundredths=90, max_multiplier=2_000
    ),
    rps: replace(rps.CURRENT, version="rps-2025-01-01", effective_from=SINCE, pays=150),
}


@contextmanager
def known() -> Iterator[None]:
    """The house remembers the past versions: each stands before the current one."""
    with ExitStack() as stack:
        for rules, odds in PAST.items():
            stack.enter_context(patch.dict(rules.ODDS, {odds.version: odds, **rules.ODDS}, clear=True))
        yield


@contextmanager
def in_force() -> Iterator[None]:
    """Rounds are drawn by the past versions."""
    with ExitStack() as stack:
        for rules, odds in PAST.items():
            stack.enter_context(patch.object(rules, "CURRENT", odds))
        yield
