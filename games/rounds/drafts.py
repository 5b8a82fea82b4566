"""Answers written before their round is, so that one statement can store both: what only the database knows is blank."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from casino_club.core import clock, idempotency
from casino_club.core.idempotency import Act
from games.fairness.rules import Ticket

# Stand-ins that no answer has: rendered, each becomes the place where `games_open_round` writes the figure.
ROUND_ID = -(2**63)
BALANCE = ROUND_ID + 1
STARTED_AT = datetime.max.replace(tzinfo=UTC)
_BLANKS = {f":{ROUND_ID}": ":%1$s", f":{BALANCE}": ":%2$s", f'"{clock.iso(STARTED_AT)}"': '"%3$s"'}


@dataclass(frozen=True, slots=True)
class Once:
    """An act that is done once, and the text of its answer by the ticket it is done with."""

    act: Act
    draft_of: Callable[[Ticket], str]


def draft_of(answer: object) -> str:
    """The text of an answer that is to be, as PostgreSQL's `format` reads it."""
    text = idempotency.render(answer).replace("%", "%%")
    for stand_in, blank in _BLANKS.items():
        text = text.replace(stand_in, blank)
    return text
