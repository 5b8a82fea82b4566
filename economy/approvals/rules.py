"""What an operator may ask a second one for: kinds of acts that wait, and the states in which they stand.

A feature registers its kind where its own services stand, once, at import:

    approvals.register(Kind("operator.grant", _("Grant"), describe=describe, execute=pay))
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

KIND_MAX = 40
REASON_MAX = 200

Payload = Mapping[str, int | str]


class State(StrEnum):
    """Waiting is the only state that anything follows."""

    WAITING = "waiting"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"


STATE_LABELS = {
    State.WAITING: _("Waiting"),
    State.APPROVED: _("Approved"),
    State.DENIED: _("Denied"),
    State.EXPIRED: _("Expired"),
}


@dataclass(frozen=True)
class Asked:
    """What `execute` is told of an approved request, and by whom."""

    approval_id: int
    player_id: int
    payload: Payload
    reason: str
    requested_by: int
    approved_by: int
    now: datetime


@dataclass(frozen=True)
class Kind:
    """`describe` puts a payload into words; `execute` does it, in the transaction that approves it, once."""

    name: str
    label: str
    describe: Callable[[Payload], str]
    execute: Callable[[Asked], object]


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known. Raises ValueError for a name that another kind has."""
    if not 0 < len(kind.name) <= KIND_MAX or KINDS.setdefault(kind.name, kind) != kind:
        raise ValueError(f"Not a free name for a kind of approval: {kind.name}")
    return kind
