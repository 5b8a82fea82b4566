"""Who may send us webhooks: a source's name and the handler that applies what it sends.

A feature registers its source once, when the app is ready:

    sources.register("sandbox", settle, keys=sandbox_keys)

A source with keys of its own is believed by these alone, and they open no other source's door; one without them shares
the house's. The handler runs in the transaction that stores the event's id: it applies the event wholly, or raises and
changes nothing; the sender then tries again. An event is handed over once, however often it arrives; the order of
different events is the network's.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from casino_club.core.signing import Keys

NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")


@dataclass(frozen=True, slots=True)
class InboundEvent:
    """A verified event as its source sent it; `data` is its content, `body` the whole of it."""

    source: str
    id: str
    type: str
    data: Mapping
    body: Mapping


Handler = Callable[[InboundEvent, datetime], None]


@dataclass(frozen=True, slots=True)
class Source:
    """Who applies a source's events, and by which keys they are known (None: the house's)."""

    handler: Handler
    keys: Callable[[], Keys] | None = None


_sources: dict[str, Source] = {}


def register(source: str, handler: Handler, *, keys: Callable[[], Keys] | None = None) -> None:
    """Accept the source's events from now on. Raises ValueError for a name that another handler has."""
    new = Source(handler, keys)
    if not NAME.fullmatch(source) or _sources.setdefault(source, new) != new:
        raise ValueError(f"Not a free name for a source of webhooks: {source}")


def source_named(name: str) -> Source | None:
    """The source; None for one that nobody registered."""
    return _sources.get(name)
