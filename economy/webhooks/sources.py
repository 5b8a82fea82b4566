"""Who may send us webhooks: a source's name and the handler that applies what it sends.

A feature registers its source once, when the app is ready:

    sources.register("sandbox", settle)

The handler runs in the transaction that stores the event's id: it applies the event wholly, or raises and changes
nothing; the sender then tries again. An event is handed over once, however often it arrives; the order of different
events is the network's.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

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
_handlers: dict[str, Handler] = {}


def register(source: str, handler: Handler) -> None:
    """Accept the source's events from now on. Raises ValueError for a name that another handler has."""
    if not NAME.fullmatch(source) or _handlers.setdefault(source, handler) != handler:
        raise ValueError(f"Not a free name for a source of webhooks: {source}")


def handler_of(source: str) -> Handler | None:
    """Who applies the source's events; None for a source that nobody registered."""
    return _handlers.get(source)
